-- The archive holds of each order its id and its customer.
CREATE MAPPING customers AS SELECT id, customer AS buyer FROM shop.orders ROUTE TO 'archive';
