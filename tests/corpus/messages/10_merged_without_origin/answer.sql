-- The orders of shop_1 and shop_2, which number their orders each on its own, come into shop.orders; none may be lost.
CREATE MAPPING merged AS SELECT *, schema AS from_schema FROM LIKE 'shop\_%'.'orders' ROUTE TO 'shop', 'orders' KEY (from_schema, id);
