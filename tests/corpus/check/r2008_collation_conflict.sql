CREATE TABLE shop.pairs (id BIGINT NOT NULL PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_bin NOT NULL, b VARCHAR(9) COLLATE utf8mb4_general_ci NOT NULL);
CREATE MAPPING conflict AS SELECT * FROM shop.pairs WHERE concat(a, 'x') = b COLLATE utf8mb4_bin AND a COLLATE utf8mb4_bin = b COLLATE utf8mb4_general_ci;
