CREATE TABLE shop.orders (
  id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(5) NOT NULL, region VARCHAR(10) CHARACTER SET latin1, level TINYINT UNSIGNED NOT NULL DEFAULT 0,
  amount DECIMAL(5,2), kind ENUM('a', 'b'), paid_at DATETIME, doc JSON
);
CREATE TABLE shop.other (id BIGINT PRIMARY KEY);
CREATE MAPPING orders AS SELECT * FROM shop.orders ROUTE TO 'a';
TEST 'out of range' GIVEN INSERT INTO shop.orders (id = 1, level = 256, amount = 1000) EXPECT NOTHING;
TEST 'no number' GIVEN INSERT INTO shop.orders (id = 'one') EXPECT NOTHING;
TEST 'texts' GIVEN INSERT INTO shop.orders (id = 1, code = 'abcdef', region = '漢', kind = 'c') EXPECT NOTHING;
TEST 'forms' GIVEN INSERT INTO shop.orders (id = 1, paid_at = 'yesterday', doc = '{a: 1}') EXPECT NOTHING;
TEST 'no value' GIVEN UPDATE shop.orders (id = 1) TO (code = NULL) EXPECT NOTHING;
TEST 'expected' GIVEN INSERT INTO shop.orders (id = 1) EXPECT INSERT INTO a.orders (level = 'high');
