-- The archive holds of each order its id and the first ten characters of its code.
CREATE MAPPING codes AS SELECT id, code FROM shop.orders ROUTE TO 'archive';
