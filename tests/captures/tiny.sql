-- What the two tiny captures hold: an event of each common kind, in a few kilobytes. Each row's first text begins with `row`.
SET NAMES utf8mb4;
CREATE DATABASE tiny DEFAULT CHARACTER SET utf8mb4;
USE tiny;
CREATE TABLE kinds (
  id BIGINT UNSIGNED NOT NULL PRIMARY KEY, note VARCHAR(300) NULL, amount DECIMAL(20,6) NULL, big DECIMAL(65,30) NULL, rate DOUBLE NULL,
  day DATE NULL, span TIME(6) NULL, at DATETIME(6) NULL, stamp TIMESTAMP(3) NULL, born YEAR NULL, flags BIT(10) NULL,
  kind ENUM('month', '税') NULL, marks SET('a', 'b', 'c') NULL, fixed BINARY(4) NULL, body BLOB NULL /*!50708 , doc JSON NULL */) ENGINE=InnoDB;
CREATE TABLE keyless (note VARCHAR(40), n INT) ENGINE=InnoDB;
BEGIN;
INSERT INTO kinds (id, note, amount, big, rate, day, span, at, stamp, born, flags, kind, marks, fixed, body) VALUES
  (1, 'row one', -12.5, 12345678901234567890.5, 0.1, '2024-02-29', '-838:59:58.999999', '9999-12-31 23:59:59.999999', '2026-01-02 03:04:05.678', 2026, b'1000000001', '税', 'a,c', 0xFF00FE01, 0x00FF),
  (2, 'row two', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (18446744073709551615, 'row three 🚀', 0, -1, -1e300, '1000-01-01', '00:00:00', '1000-01-01 00:00:00', '1970-01-01 00:00:01', 1901, 0, 'month', '', 0x00000000, '');
INSERT INTO keyless VALUES ('row four', 1), ('row four', 1);
COMMIT;
UPDATE kinds SET note = CONCAT(note, ' changed'), amount = 1 WHERE id <= 2;
/*!50708 UPDATE kinds SET doc = JSON_OBJECT('k', JSON_ARRAY(1, '税', NULL, 2.5)) WHERE id = 1 */;
DELETE FROM kinds WHERE id = 2;
ALTER TABLE kinds ADD COLUMN later INT NULL;
INSERT INTO kinds (id, note, later) VALUES (5, CONCAT('row five ', REPEAT('abc ', 40)), -7);
-- The last transactions are written compressed.
/*!80020 SET SESSION binlog_transaction_compression = ON */;
/*M! SET GLOBAL log_bin_compress_min_len = 10, GLOBAL log_bin_compress = ON */;
INSERT INTO kinds (id, note) VALUES (6, CONCAT('row six ', REPEAT('abc ', 60)));
UPDATE kinds SET note = CONCAT('row six ', REPEAT('def ', 60)) WHERE id = 6;
DELETE FROM kinds WHERE id = 6;
