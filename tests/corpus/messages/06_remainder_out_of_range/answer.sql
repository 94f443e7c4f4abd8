-- The orders of customers with odd numbers go to the schema odd.
CREATE MAPPING odd AS SELECT * FROM shop.orders WHERE customer % 2 = 1 ROUTE TO 'odd';
