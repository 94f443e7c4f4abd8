CREATE TABLE shop.orders (
  id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, region VARCHAR(10), state VARCHAR(10) NOT NULL,
  amount DECIMAL(12,2) NOT NULL, level TINYINT UNSIGNED NOT NULL, place GEOMETRY, paid_at DATETIME(6),
  doubled BIGINT GENERATED ALWAYS AS (id * 2) STORED
);
CREATE MAPPING options AS SELECT * FROM shop.orders WITH (on_row_error = 'skip', on_row_error = 'error');
