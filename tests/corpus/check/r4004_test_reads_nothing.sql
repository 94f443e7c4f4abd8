CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(5) NOT NULL);
CREATE MAPPING archive AS SELECT * FROM shop.orders ROUTE TO 'archive';
CREATE TABLE shop.customers (id BIGINT NOT NULL PRIMARY KEY);
TEST 'another table' GIVEN INSERT INTO shop.customers (id = 1) EXPECT NOTHING;
