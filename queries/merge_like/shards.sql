-- Back from shards to one table: the inverse of all_shards. Every row already has a key of its own across
-- the shards, which `distinct_keys` vouches for; its origin is kept in two more columns.
CREATE MAPPING task_batch_merged AS
SELECT *, schema AS from_schema, table AS from_table
FROM   LIKE 'fintax\_task\__'.'task\_batch\_%'
ROUTE TO 'fintax_merged', 'task_batch'
KEY    (qyid, id)
WITH   (distinct_keys = TRUE);

TEST 'a row keeps the names of its shard'
GIVEN INSERT INTO fintax_task_1.task_batch_15 (id = 7, qyid = -1)
EXPECT INSERT INTO fintax_merged.task_batch (
           id = 7,
           from_schema = 'fintax_task_1',
           from_table = 'task_batch_15'
       );

TEST 'a row of a shard is updated in the one table'
GIVEN UPDATE fintax_task_0.task_batch_0 (id = 7, qyid = 0) TO (status = 1)
EXPECT UPDATE fintax_merged.task_batch (id = 7, status = 1);
