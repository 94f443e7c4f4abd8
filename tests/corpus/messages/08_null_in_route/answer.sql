-- Orders go to the schema of their region: shop_eu, shop_us; those without one to shop_none.
CREATE MAPPING by_region AS SELECT * FROM shop.orders ROUTE TO concat('shop_', coalesce(region, 'none'));
