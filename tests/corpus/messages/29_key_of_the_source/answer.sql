-- The archive holds of each order its id as order_id, by which it is found, and its code.
CREATE MAPPING renamed AS SELECT id AS order_id, code FROM shop.orders ROUTE TO 'archive' KEY (order_id);
