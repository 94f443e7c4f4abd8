-- All orders go to the schema archive.
CREATE MAPPING archive AS SELECT * FROM shop.orders ROUTE TO archive;
