CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, tenant_id BIGINT UNSIGNED NOT NULL, code VARCHAR(20) NOT NULL, status TINYINT NOT NULL);
CREATE MAPPING paid AS SELECT * FROM shop.orders WHEN status = 2;
CREATE MAPPING moved AS SELECT * FROM shop.orders AS o LEFT JOIN LOOKUP.tenants AS r ON r.tenant_id = o.tenant_id WHEN r.shard = 'a' ROUTE TO r.shard WITH (on_null_route = 'skip');
