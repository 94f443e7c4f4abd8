-- A select list that renames, computes and leaves out: what a reporting database gets of task_batch.
CREATE MAPPING task_batch_report AS
SELECT id,
       qyid                                        AS taxpayer_id,
       tax_period DIV 100                          AS tax_year,
       tax_period % 100                            AS tax_month,
       lower(batch_no)                             AS batch_no,
       if(status < 0, 'failed', 'accepted')        AS outcome,
       coalesce(round(amount, 2), 0.00)            AS amount,
       date_format(created_at, '%Y-%m-%d')         AS created_on,
       concat_ws('/', kind, left(remark, 20))      AS label
FROM   fintax_task.task_batch
WHERE  is_deleted = 0
ROUTE TO 'fintax_report', concat('batch_', tax_period DIV 100)
KEY    (id);
