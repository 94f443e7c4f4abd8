CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(5) NOT NULL);
CREATE MAPPING archive AS SELECT * FROM shop.orders ROUTE TO 'archive';
TEST 'too long' GIVEN INSERT INTO shop.orders (id = 'x', code = 'abcdef') EXPECT INSERT INTO archive.orders (id = 1.5);
