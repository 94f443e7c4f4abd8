CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(5) NOT NULL);
CREATE MAPPING archive AS SELECT * FROM shop.orders ROUTE TO 'archive';
TEST 'one' GIVEN INSERT INTO shop.orders (id = 1, code = 'a') EXPECT INSERT INTO archive.orders (id = 1);
TEST 'one' GIVEN INSERT INTO shop.orders (id = 2, code = 'a') EXPECT INSERT INTO archive.orders (id = 2);
