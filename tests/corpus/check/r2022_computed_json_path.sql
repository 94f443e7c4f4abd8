CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, doc JSON);
CREATE MAPPING computed_json_path AS SELECT * FROM shop.orders WHERE json_extract(doc, code) IS NULL;
