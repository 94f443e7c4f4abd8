CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, doc JSON);
CREATE MAPPING unsupported_pattern AS SELECT * FROM shop.orders WHERE regexp_like(code, '(?=a)');
