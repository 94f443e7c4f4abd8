CREATE TABLE shop_1.orders (id BIGINT NOT NULL PRIMARY KEY);
CREATE MAPPING wild AS SELECT *, schema AS from_schema FROM LIKE 'shop_%'.'orders' ROUTE TO 'shop', 'orders' KEY (from_schema, id);
