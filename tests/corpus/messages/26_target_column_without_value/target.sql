CREATE TABLE archive.orders (id BIGINT NOT NULL, code VARCHAR(20) NOT NULL, tenant BIGINT NOT NULL, PRIMARY KEY (id, tenant));
