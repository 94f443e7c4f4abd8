CREATE TABLE shop.orders (
  id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, region VARCHAR(10), state VARCHAR(10) NOT NULL,
  amount DECIMAL(12,2) NOT NULL, level TINYINT UNSIGNED NOT NULL, place GEOMETRY, paid_at DATETIME(6),
  doubled BIGINT GENERATED ALWAYS AS (id * 2) STORED
);
CREATE MAPPING by_region AS SELECT * FROM shop.orders ROUTE TO concat('shop_', region), if(level > 3, 'high', NULL);
CREATE MAPPING coalesced AS SELECT * FROM shop.orders ROUTE TO concat('sale_', coalesce(region, 'none'));
CREATE MAPPING decided AS SELECT * FROM shop.orders ROUTE TO concat('past_', region) WITH (on_null_route = 'skip');
CREATE MAPPING always AS SELECT * FROM shop.orders ROUTE TO 'x', NULL;
