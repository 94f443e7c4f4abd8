CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, tenant_id BIGINT UNSIGNED NOT NULL, code VARCHAR(20) NOT NULL, status TINYINT NOT NULL);
CREATE MAPPING paid AS SELECT * FROM shop.orders WHERE before.status = 1 AND after.status = 2;
