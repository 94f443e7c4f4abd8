-- The archive holds of each order its id and the first ten characters of its code.
CREATE MAPPING codes AS SELECT id, left(code, 10) AS code FROM shop.orders ROUTE TO 'archive';
