CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, state VARCHAR(9) NOT NULL);
CREATE MAPPING received AS SELECT * FROM shop.orders WHEN before.state = 'open' ROUTE TO 'archive' FOR INSERT;
