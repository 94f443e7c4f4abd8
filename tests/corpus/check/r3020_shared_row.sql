CREATE TABLE shop.orders (
  id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, region VARCHAR(10), state VARCHAR(10) NOT NULL,
  amount DECIMAL(12,2) NOT NULL, level TINYINT UNSIGNED NOT NULL, place GEOMETRY, paid_at DATETIME(6),
  doubled BIGINT GENERATED ALWAYS AS (id * 2) STORED
);
CREATE TABLE shop.returns (id BIGINT NOT NULL PRIMARY KEY, state VARCHAR(10) NOT NULL);
CREATE MAPPING everything AS SELECT * FROM shop.orders ROUTE TO 'archive';
CREATE MAPPING high AS SELECT * FROM shop.orders WHERE level > 3 ROUTE TO 'archive';
CREATE MAPPING by_state AS SELECT * FROM shop.orders ROUTE TO state;
CREATE MAPPING by_state_too AS SELECT * FROM shop.orders WHERE level = 3 ROUTE TO state;
CREATE MAPPING returned AS SELECT * FROM shop.returns ROUTE TO 'archive', 'orders';
-- These two exclude each other.
CREATE MAPPING even AS SELECT * FROM shop.orders WHERE id % 2 = 0 ROUTE TO 'half';
CREATE MAPPING odd AS SELECT * FROM shop.orders WHERE id % 2 <> 0 ROUTE TO 'half';
