-- Orders that are paid or sent go to the schema archive.
CREATE MAPPING done AS SELECT * FROM shop.orders WHERE state = 'paid' OR state = 'sent' ROUTE TO 'archive';
