-- All orders go to the schema archive.
CREATE MAPPING archive AS SELECT * FROM orders ROUTE TO 'archive';
