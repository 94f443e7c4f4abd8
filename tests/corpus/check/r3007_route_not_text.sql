CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, state VARCHAR(9) NOT NULL);
CREATE MAPPING joined AS SELECT * FROM shop.orders ROUTE TO 'shop_' || state;
CREATE MAPPING asked AS SELECT * FROM shop.orders ROUTE TO 'shop', state = 'paid';
