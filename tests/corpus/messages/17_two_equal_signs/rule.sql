-- Paid orders go to the schema archive.
CREATE MAPPING paid AS SELECT * FROM shop.orders WHERE state == 'paid' ROUTE TO 'archive';
