-- The lowest 22 bits of a tax-payer id are a sequence; the rest picks database and table.
-- `>>` is MySQL's logical shift. The Java processor that this rule replaces shifted with the sign, so it sent
-- rows with a negative qyid elsewhere.
CREATE MAPPING task_batch_shards AS
SELECT *
FROM   fintax_task.task_batch
WHERE  (qyid >> 22) % 2 = 0
ROUTE TO concat(schema, '_', (qyid >> 22) % 2),
         concat(table,  '_', ((qyid >> 22) >> 1) % 16)
KEY    (qyid, id);
