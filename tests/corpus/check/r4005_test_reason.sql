CREATE TABLE shop.orders (
  id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(5) NOT NULL, region VARCHAR(10) CHARACTER SET latin1, level TINYINT UNSIGNED NOT NULL DEFAULT 0,
  amount DECIMAL(5,2), kind ENUM('a', 'b'), paid_at DATETIME, doc JSON
);
CREATE TABLE shop.other (id BIGINT PRIMARY KEY);
CREATE MAPPING orders AS SELECT * FROM shop.orders ROUTE TO 'a';
TEST 'reasons' GIVEN INSERT INTO shop.orders (id = 1) EXPECT ERROR nul_route, ERROR whatever;
