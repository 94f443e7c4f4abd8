-- For each table of `fintax_task`: its name, its rows, and the sum of their CRC32s, in the form of `benches/decode/cells.rs`.
SET NAMES utf8mb4;
SET SESSION time_zone = '+00:00', group_concat_max_len = 1000000;
SELECT GROUP_CONCAT(statement ORDER BY statement SEPARATOR ' UNION ALL ') INTO @statements FROM (
  SELECT CONCAT('SELECT ''', table_schema, '.', table_name, ''', COUNT(*), IFNULL(SUM(CRC32(CONCAT_WS(''|'', ',
                GROUP_CONCAT(CONCAT('IFNULL(', CASE
                    -- All bits of the number, which its text may not have.
                    WHEN data_type IN ('float', 'double') THEN CONCAT('CONCAT(''0x'', SUBSTRING(HEX(ST_AsBinary(POINT(', column_name, ', 0))), 11, 16))')
                    WHEN data_type LIKE '%char' OR data_type LIKE '%text' OR data_type IN ('enum', 'set') THEN CONCAT('CONVERT(', column_name, ' USING utf8mb4)')
                    WHEN data_type LIKE '%blob' OR data_type LIKE '%binary' THEN CONCAT('CONCAT(''0x'', HEX(', column_name, '))')
                    WHEN data_type = 'bit' THEN CONCAT('CONCAT(''0x'', HEX(CAST(', column_name, ' AS BINARY)))')
                    ELSE CONCAT('CAST(', column_name, ' AS CHAR)')
                  END, ', ''~'')') ORDER BY ordinal_position SEPARATOR ', '),
                '))), 0) FROM ', table_schema, '.', table_name) AS statement
  FROM information_schema.columns WHERE table_schema = 'fintax_task' GROUP BY table_schema, table_name) AS tables;
PREPARE sums FROM @statements;
EXECUTE sums;
