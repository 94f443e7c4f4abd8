-- The archive has each order with its amount in cents, as cents.
CREATE MAPPING cents AS SELECT id, amount * 100 cents FROM shop.orders ROUTE TO 'archive';
