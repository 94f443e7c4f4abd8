-- The archive holds of each order its id and its amount, rounded to whole coins.
CREATE MAPPING amounts AS SELECT id, round(amount) AS amount FROM shop.orders ROUTE TO 'archive';
