-- The archive holds the orders of many tenants; this one is tenant 7.
CREATE MAPPING tenant_7 AS SELECT id, code FROM shop.orders ROUTE TO 'archive';
