CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, state VARCHAR(9) NOT NULL);
CREATE MAPPING paid AS SELECT * FROM shop.orders WHEN before.state = 'open' AND state = 'paid' ROUTE TO 'archive';
