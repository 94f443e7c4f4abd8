CREATE TABLE shop.orders (
  id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, region VARCHAR(10), state VARCHAR(10) NOT NULL,
  amount DECIMAL(12,2) NOT NULL, level TINYINT UNSIGNED NOT NULL, place GEOMETRY, paid_at DATETIME(6),
  doubled BIGINT GENERATED ALWAYS AS (id * 2) STORED
);
CREATE MAPPING sharded AS SELECT id, code FROM shop.orders ROUTE TO 'sale', concat('orders_', level % 8);
CREATE MAPPING misspelt AS SELECT id, code FROM shop.orders ROUTE TO 'sale', 'order_0';
CREATE MAPPING created AS SELECT id, code FROM shop.orders ROUTE TO 'made', 'later' WITH (on_missing_table = 'create');
