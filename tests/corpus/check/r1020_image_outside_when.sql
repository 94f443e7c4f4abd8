CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, state VARCHAR(9) NOT NULL);
CREATE MAPPING paid AS SELECT id, before.state AS earlier FROM shop.orders WHERE after.state = 'paid' ROUTE TO 'archive';
