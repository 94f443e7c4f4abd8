-- The source table, for `check` and `preview` of captures that carry no definition of their own.
CREATE TABLE fintax_task.task_batch (
  id         BIGINT UNSIGNED NOT NULL,
  qyid       BIGINT NOT NULL,
  batch_no   VARCHAR(64) NOT NULL,
  tax_period INT NOT NULL,
  status     TINYINT NOT NULL DEFAULT 0,
  is_deleted TINYINT(1) NOT NULL DEFAULT 0,
  amount     DECIMAL(20,6) NULL,
  rate       DOUBLE NULL,
  created_at DATETIME(6) NULL,
  updated_at TIMESTAMP(3) NULL DEFAULT NULL,
  remark     VARCHAR(255) NULL,
  kind       ENUM('month','quarter','year','补报') NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
