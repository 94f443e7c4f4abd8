CREATE TABLE shop.orders (
  id       BIGINT NOT NULL,
  code     VARCHAR(20) NOT NULL,
  customer BIGINT UNSIGNED NOT NULL,
  region   VARCHAR(10),
  state    VARCHAR(10) NOT NULL,
  level    TINYINT UNSIGNED NOT NULL,
  amount   DECIMAL(12,2) NOT NULL,
  placed   DATETIME NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY (code)
);
