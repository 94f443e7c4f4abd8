-- Orders keep their region; those without one have none written there.
CREATE MAPPING regions AS SELECT * REPLACE (nvl(region, 'none') AS region) FROM shop.orders ROUTE TO 'archive';
