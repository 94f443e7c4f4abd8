-- Back from shards to one table: the inverse of all_shards. Every row already has a key of its own across
-- the shards, which `distinct_keys` vouches for; its origin is kept in two more columns.
CREATE MAPPING task_batch_merged AS
SELECT *,
       schema AS from_schema,
       table  AS from_table
FROM   LIKE 'fintax\_task\__'.'task\_batch\_%'
ROUTE TO 'fintax_merged', 'task_batch'
KEY    (qyid, id)
WITH   (distinct_keys = TRUE);
