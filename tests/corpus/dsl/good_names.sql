-- Clause words and MySQL's words as names of columns, tables and aliases.
CREATE MAPPING as_names AS
SELECT key, date, left, for, with, right, replace, `table`, `schema`, time, timestamp, end, lookup, route, value AS from
FROM   from.table AS key
WHERE  key > date AND left = for AND key.with <> key.schema AND key.table = 'x' AND date IN (DATE '2024-01-01', date)
ROUTE TO concat(schema, key), concat(table, to)
KEY    (key, date, `left`);
CREATE MAPPING mapping AS SELECT mapping FROM mapping.mapping AS mapping KEY (mapping);
CREATE MAPPING `a;b--c` AS SELECT `x'y`, `/*` FROM `db`.`t` WHERE `group` = `order`;
CREATE MAPPING 税 AS SELECT 金额, é$ FROM 库.表 WHERE 金额 > 0;
