CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, doc JSON);
CREATE MAPPING bad_json_path AS SELECT * FROM shop.orders WHERE json_extract(doc, 'a.b') IS NULL;
