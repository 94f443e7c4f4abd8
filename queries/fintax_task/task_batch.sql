-- The lowest 22 bits of a tax-payer id are a sequence; the rest picks database and table.
-- `>>` is MySQL's logical shift. The Java processor that this rule replaces shifted with the sign, so it sent
-- rows with a negative qyid elsewhere.
CREATE MAPPING task_batch_shards AS
SELECT *
FROM   fintax_task.task_batch
WHERE  (qyid >> 22) % 2 = 0
ROUTE TO concat(schema, '_', (qyid >> 22) % 2),
         concat(table, '_', ((qyid >> 22) >> 1) % 16)
KEY    (qyid, id);

TEST 'even groups of tax payers are kept, odd ones are left out'
GIVEN INSERT INTO fintax_task.task_batch (id = 1, qyid = 0),
      INSERT INTO fintax_task.task_batch (id = 2, qyid = 4194303),
      INSERT INTO fintax_task.task_batch (id = 3, qyid = 4194304)
EXPECT INSERT INTO fintax_task_0.task_batch_0 (id = 1, qyid = 0, status = 0),
       INSERT INTO fintax_task_0.task_batch_0 (id = 2, qyid = 4194303);

TEST 'a tax payer who changes shard moves'
GIVEN UPDATE fintax_task.task_batch (id = 1, qyid = 0) TO (qyid = 16777216)
EXPECT DELETE FROM fintax_task_0.task_batch_0 (id = 1, qyid = 0),
       INSERT INTO fintax_task_0.task_batch_2 (id = 1, qyid = 16777216);

TEST 'a tax payer who leaves the even groups is deleted'
GIVEN UPDATE fintax_task.task_batch (id = 1, qyid = 0) TO (qyid = 4194304)
EXPECT DELETE FROM fintax_task_0.task_batch_0 (id = 1, qyid = 0);

TEST 'a tax payer who enters the even groups comes with all columns'
GIVEN UPDATE fintax_task.task_batch (id = 1, qyid = 4194304, amount = 0.5)
          TO (qyid = 0, kind = 'year')
EXPECT INSERT INTO fintax_task_0.task_batch_0 (id = 1, qyid = 0, amount = 0.5, kind = 'year');

TEST 'a row that keeps its tax payer is updated in its place'
GIVEN UPDATE fintax_task.task_batch (id = 1, qyid = 0) TO (status = 3)
EXPECT UPDATE fintax_task_0.task_batch_0 (id = 1, status = 0) TO (status = 3);

TEST 'a negative tax payer is shifted without its sign'
GIVEN INSERT INTO fintax_task.task_batch (id = 1, qyid = -8388608)
EXPECT INSERT INTO fintax_task_0.task_batch_15 (id = 1, qyid = -8388608);

TEST 'the shard of a MINIMAL image is not known'
WITH (image = 'minimal')
GIVEN UPDATE fintax_task.task_batch (id = 1, qyid = 0) TO (status = 3)
EXPECT ERROR missing_column;
