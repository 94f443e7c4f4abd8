-- Every clause, every form of it.
# A comment of the other kind, and an empty statement.
;
CREATE MAPPING everything AS
SELECT * EXCEPT (a, `b c`) REPLACE (lower(d) AS d, 1 AS e),
       schema, table, t.id, `from`, schema AS s, concat(table, '_x') AS t2
FROM db.t AS t WHERE id > 0;

create mapping small as select * from db.t;

CREATE MAPPING all_clauses AS
SELECT id, qyid AS taxpayer, id + 1 AS next_id
FROM   `strange db`.`strange``table` AS s
WHERE  s.id IS NOT NULL
ROUTE TO concat(schema, '_', id % 2), concat(table, '_x') ON if(id > 5, 'shard0', 'shard1')
KEY    (id, taxpayer)
WITH   (on_null_route = 'error', on_row_error = "skip", limit_rows = 10, ratio = 1.5, quiet = TRUE, loud = false);

CREATE MAPPING only_schema AS SELECT * FROM a.b ROUTE TO 'x';
CREATE MAPPING schema_and_server AS SELECT * FROM a.b ROUTE TO 'x' ON 'y';
CREATE MAPPING likes AS SELECT * FROM LIKE 'shop\_%'.'orders\_%';
CREATE MAPPING regexps AS SELECT * FROM REGEXP 'shop_[0-9]+'.'orders' WHERE 1;
CREATE MAPPING digits AS SELECT * FROM db_2024.2024_orders AS o WHERE o.2nd = 1;
CREATE TABLE db.t (id INT PRIMARY KEY, note VARCHAR(9) DEFAULT 'a;b' /*!50100 COMMENT ';' */);
CREATE TABLE IF NOT EXISTS db.u LIKE db.t;
CREATE TEMPORARY TABLE db.v (a INT)
