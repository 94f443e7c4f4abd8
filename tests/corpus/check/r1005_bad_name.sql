CREATE TABLE shop.orders (
  id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, region VARCHAR(10), state VARCHAR(10) NOT NULL,
  amount DECIMAL(12,2) NOT NULL, level TINYINT UNSIGNED NOT NULL, place GEOMETRY, paid_at DATETIME(6),
  doubled BIGINT GENERATED ALWAYS AS (id * 2) STORED
);
CREATE MAPPING names AS SELECT *, 1 AS `end ` FROM shop.orders ROUTE TO '', 'orders_of_a_shop_whose_name_is_longer_than_any_name_that_mysql_takes';
