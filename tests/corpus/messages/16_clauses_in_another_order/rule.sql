-- Paid orders go to the schema archive.
CREATE MAPPING paid AS SELECT * FROM shop.orders ROUTE TO 'archive' WHERE state = 'paid';
