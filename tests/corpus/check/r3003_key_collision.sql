CREATE TABLE shop_1.orders (id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL);
CREATE TABLE shop_2.orders (id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL);
-- The shops count their orders on their own.
CREATE MAPPING merged AS SELECT * FROM LIKE 'shop\_%'.'orders' ROUTE TO 'shop', 'orders';
-- A shop may use a code twice.
CREATE MAPPING by_code AS SELECT * FROM shop_1.orders ROUTE TO 'by_code' KEY (code);
-- The remainder loses the rest.
CREATE MAPPING by_remainder AS SELECT * REPLACE (id % 1000 AS id) FROM shop_1.orders ROUTE TO 'by_remainder' KEY (id);
-- The first letters of a table's name do not tell the tables apart.
CREATE MAPPING cut AS SELECT *, left(schema, 4) AS from_schema FROM LIKE 'shop\_%'.'orders' ROUTE TO 'cut', 'orders' KEY (from_schema, id);
