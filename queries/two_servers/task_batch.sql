-- The shards of all_shards over two servers: even tax payers on shard0, odd ones on shard1.
CREATE MAPPING task_batch_two_servers AS
SELECT *
FROM   fintax_task.task_batch
ROUTE TO concat(schema, '_', (qyid >> 22) % 2),
         concat(table, '_', ((qyid >> 22) >> 1) % 16)
      ON concat('shard', (qyid >> 22) % 2)
KEY    (qyid, id);

TEST 'a tax payer who moves to the other server is deleted on the first'
GIVEN UPDATE fintax_task.task_batch (id = 1, qyid = 0) TO (qyid = 4194304)
EXPECT DELETE FROM fintax_task_0.task_batch_0 ON 'shard0' (id = 1, qyid = 0),
       INSERT INTO fintax_task_1.task_batch_0 ON 'shard1' (id = 1, qyid = 4194304);
