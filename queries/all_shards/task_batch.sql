-- Every shard of task_batch in one reading of the binlog: 2 schemas with 16 tables each.
CREATE MAPPING task_batch_all_shards AS
SELECT *
FROM   fintax_task.task_batch
ROUTE TO concat(schema, '_', (qyid >> 22) % 2),
         concat(table, '_', ((qyid >> 22) >> 1) % 16)
KEY    (qyid, id);

TEST 'every group of tax payers has its table'
GIVEN INSERT INTO fintax_task.task_batch (id = 1, qyid = 0),
      INSERT INTO fintax_task.task_batch (id = 2, qyid = 4194304),
      DELETE FROM fintax_task.task_batch (id = 3, qyid = 8388608)
EXPECT INSERT INTO fintax_task_0.task_batch_0 (id = 1),
       INSERT INTO fintax_task_1.task_batch_0 (id = 2),
       DELETE FROM fintax_task_0.task_batch_1 (id = 3);
