-- Orders go to the schema of their state: shop_paid, shop_open.
CREATE MAPPING by_state AS SELECT * FROM shop.orders ROUTE TO concat('shop_', state);
