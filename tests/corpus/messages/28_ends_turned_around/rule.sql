-- Orders of level 10 to 20 go to the schema middle.
CREATE MAPPING middle AS SELECT * FROM shop.orders WHERE level BETWEEN 20 AND 10 ROUTE TO 'middle';
