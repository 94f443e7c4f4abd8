-- A select list that renames, computes and leaves out: what a reporting database gets of task_batch.
CREATE MAPPING task_batch_report AS
SELECT id,
       qyid                                   AS taxpayer_id,
       tax_period DIV 100                     AS tax_year,
       tax_period % 100                       AS tax_month,
       lower(batch_no)                        AS batch_no,
       if(status < 0, 'failed', 'accepted')   AS outcome,
       coalesce(round(amount, 2), 0.00)       AS amount,
       date_format(created_at, '%Y-%m-%d')    AS created_on,
       concat_ws('/', kind, left(remark, 20)) AS label
FROM   fintax_task.task_batch
WHERE  is_deleted = 0
ROUTE TO 'fintax_report', concat('batch_', tax_period DIV 100)
KEY    (id);

TEST 'a report shows what the batch holds'
GIVEN INSERT INTO fintax_task.task_batch (
          id = 1,
          qyid = 9,
          tax_period = 202402,
          batch_no = 'AB-1',
          amount = 10.125,
          created_at = '2024-02-29 23:59:59',
          kind = 'month',
          remark = 'the first batch of this year'
      )
EXPECT INSERT INTO fintax_report.batch_2024 (
           taxpayer_id = 9,
           tax_year = 2024,
           tax_month = 2,
           batch_no = 'ab-1',
           outcome = 'accepted',
           amount = 10.13,
           created_on = '2024-02-29',
           label = 'month/the first batch of t'
       );

TEST 'a failed batch has no amount and no date'
GIVEN INSERT INTO fintax_task.task_batch (id = 2, qyid = 9, tax_period = 202401, status = -1)
EXPECT INSERT INTO fintax_report.batch_2024 (
           id = 2,
           outcome = 'failed',
           amount = 0,
           created_on = NULL
       );

TEST 'a deleted batch leaves the report'
GIVEN UPDATE fintax_task.task_batch (id = 3, qyid = 9, tax_period = 202401) TO (is_deleted = 1)
EXPECT DELETE FROM fintax_report.batch_2024 (id = 3);

TEST 'a batch without a period has no table'
GIVEN INSERT INTO fintax_task.task_batch (id = 4, qyid = 9)
EXPECT ERROR null_route;
