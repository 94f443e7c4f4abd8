CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, tenant_id BIGINT UNSIGNED NOT NULL, code VARCHAR(20) NOT NULL, status TINYINT NOT NULL);
CREATE MAPPING range_of AS SELECT * FROM shop.orders AS o LEFT JOIN LOOKUP.tenants AS r ON r.tenant_id > o.tenant_id ROUTE TO r.shard WITH (on_null_route = 'skip');
CREATE MAPPING text_key AS SELECT * FROM shop.orders AS o LEFT JOIN LOOKUP.tenants AS r ON r.tenant_id = o.code ROUTE TO r.shard WITH (on_null_route = 'skip');
