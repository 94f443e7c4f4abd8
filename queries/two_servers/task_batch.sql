-- The shards of all_shards over two servers: even tax payers on shard0, odd ones on shard1.
CREATE MAPPING task_batch_two_servers AS
SELECT *
FROM   fintax_task.task_batch
ROUTE TO concat(schema, '_', (qyid >> 22) % 2),
         concat(table,  '_', ((qyid >> 22) >> 1) % 16)
      ON concat('shard', (qyid >> 22) % 2)
KEY    (qyid, id);
