-- Orders of level 10 to 20 go to the schema middle.
CREATE MAPPING middle AS SELECT * FROM shop.orders WHERE level BETWEEN 10 AND 20 ROUTE TO 'middle';
