-- The archive holds of each order its code, which is unique, and its amount, and nothing else.
CREATE MAPPING amounts AS SELECT code, amount FROM shop.orders ROUTE TO 'archive';
