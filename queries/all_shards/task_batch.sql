-- Every shard of task_batch in one reading of the binlog: 2 schemas with 16 tables each.
CREATE MAPPING task_batch_all_shards AS
SELECT *
FROM   fintax_task.task_batch
ROUTE TO concat(schema, '_', (qyid >> 22) % 2),
         concat(table,  '_', ((qyid >> 22) >> 1) % 16)
KEY    (qyid, id);
