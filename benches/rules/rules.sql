-- Twenty rules as people write them, over one table; benches/peers/rules.lua has the same rules once a row.
CREATE TABLE shop.orders (
  id       BIGINT NOT NULL,
  qyid     BIGINT NOT NULL,
  tenant   INT NOT NULL,
  code     VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name     VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NOT NULL,
  region   VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  status   TINYINT NOT NULL,
  amount   DECIMAL(20,6) NOT NULL,
  placed   DATETIME NOT NULL,
  due      DATE NOT NULL,
  doc      JSON NOT NULL,
  PRIMARY KEY (id)
);
CREATE MAPPING copied AS SELECT * FROM shop.orders ROUTE TO 'archive';
CREATE MAPPING by_remainder AS SELECT * FROM shop.orders ROUTE TO schema, concat(table, '_', id % 16);
CREATE MAPPING by_shifted_bits AS SELECT * FROM shop.orders WHERE (qyid >> 22) % 2 = 0 ROUTE TO concat(schema, '_', (qyid >> 22) % 2), concat(table, '_', ((qyid >> 22) >> 1) % 16);
CREATE MAPPING by_prefix AS SELECT * FROM shop.orders ROUTE TO concat('shop_', left(code, 2));
CREATE MAPPING by_region AS SELECT * FROM shop.orders ROUTE TO concat('shop_', coalesce(region, 'none'));
CREATE MAPPING one_region AS SELECT * FROM shop.orders WHERE region = 'eu' ROUTE TO 'archive';
CREATE MAPPING some_regions AS SELECT * FROM shop.orders WHERE region IN ('eu', 'us', 'jp') ROUTE TO 'archive';
CREATE MAPPING one_name AS SELECT * FROM shop.orders WHERE name = 'NAME OF 77' ROUTE TO 'archive';
CREATE MAPPING like_prefix AS SELECT * FROM shop.orders WHERE code LIKE 'AB%' ROUTE TO 'archive';
CREATE MAPPING lowered AS SELECT id, lower(code) AS code FROM shop.orders ROUTE TO 'archive';
CREATE MAPPING labelled AS SELECT id, concat(code, '/', tenant, '/', id) AS label FROM shop.orders ROUTE TO 'archive';
CREATE MAPPING first_part AS SELECT id, substring_index(code, '-', 1) AS part FROM shop.orders ROUTE TO 'archive';
CREATE MAPPING replaced AS SELECT id, replace(name, ' ', '_') AS name FROM shop.orders ROUTE TO 'archive';
CREATE MAPPING with_tax AS SELECT id, amount * 1.19 AS gross FROM shop.orders ROUTE TO 'archive';
CREATE MAPPING dear AS SELECT id, round(amount, 2) AS amount FROM shop.orders WHERE amount > 600 ROUTE TO 'archive';
CREATE MAPPING by_year AS SELECT * FROM shop.orders ROUTE TO 'archive', concat('orders_', year(placed));
CREATE MAPPING by_month AS SELECT * FROM shop.orders ROUTE TO 'archive', concat('orders_', date_format(placed, '%Y%m'));
CREATE MAPPING since_2023 AS SELECT * FROM shop.orders WHERE placed >= '2023-01-01 00:00:00' ROUTE TO 'archive';
CREATE MAPPING outcome AS SELECT id, CASE status WHEN -1 THEN 'failed' WHEN 0 THEN 'open' WHEN 1 THEN 'paid' ELSE 'sent' END AS outcome FROM shop.orders ROUTE TO 'archive';
CREATE MAPPING by_document AS SELECT * FROM shop.orders WHERE doc->>'$.region' = 'eu' ROUTE TO 'archive';
