-- The archive holds of each order its id and its region, the empty text where it has none.
CREATE MAPPING regions AS SELECT id, region FROM shop.orders ROUTE TO 'archive';
