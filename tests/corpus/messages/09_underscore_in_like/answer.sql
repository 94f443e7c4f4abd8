-- The orders of all schemas whose names begin with shop_ come into shop.orders with the name of their schema.
CREATE MAPPING shops AS SELECT *, schema AS shop FROM LIKE 'shop\_%'.'orders' ROUTE TO 'shop', 'orders' KEY (shop, id);
