-- How expressions are read: the canonical text puts every operator into parentheses.
CREATE MAPPING precedence AS SELECT
  8>>1&3 AS e1, 2^3*2 AS e2, a DIV 2+1 AS e3, a||b AND c AS e4, a MOD 3 + b AS e5, !a = b AS e6, NOT a = b AS e7, 5--3 AS e8,
  -a ^ b AS e9, a = b IS NULL AS e10, a BETWEEN 1 AND 2 BETWEEN 0 AND 1 AS e11, a = b LIKE c AS e12, a XOR b OR c AND NOT a AS e13,
  BINARY a + b AS e14, a + b COLLATE utf8mb4_bin AS e15, -a COLLATE 'utf8mb4_bin' AS e16, a<=>b<=>c AS e17, a IS UNKNOWN AS e18
FROM db.t;
CREATE MAPPING literals AS SELECT
  NULL AS l1, \N AS l2, TRUE AS l3, 18446744073709551616 AS l4, .5 AS l5, 5. AS l6, 1e-3 AS l7, 1.5E+3 AS l8, 0x1aF AS l9, x'1aff' AS l10,
  0b101 AS l11, b'' AS l12, 'it''s' AS l13, "say ""x""" AS l14, 'a' 'b' "c" AS l15, 'a\'\n\%\_\q\0\Z' AS l16, _latin1'x' AS l17,
  _utf8mb4 0xe7a88e AS l18, N'x' AS l19, DATE '2024-01-01' AS l20, time"10:00:00" AS l21, TIMESTAMP '2024-01-01 00:00:00' AS l22
FROM db.t;
CREATE MAPPING forms AS SELECT
  CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' ELSE 'z' END AS f1, CASE WHEN a > 1 THEN b END AS f2, CAST(a AS SIGNED INTEGER) AS f3,
  CONVERT(a, UNSIGNED) AS f4, CAST(a AS DECIMAL) AS f5, CAST(a AS DECIMAL(5)) AS f6, CAST(a AS DECIMAL(20, 6)) AS f7,
  CAST(a AS CHAR(5) CHARACTER SET latin1) AS f8, CAST(a AS CHAR CHARSET gbk) AS f9, CAST(a AS BINARY(3)) AS f10, CAST(a AS DATETIME(6)) AS f11,
  CONVERT(a USING utf8mb4) AS f12, CAST(a AS DOUBLE PRECISION) AS f13, CAST(a AS FLOAT(30)) AS f14, CAST(a AS NCHAR(2)) AS f15,
  TRIM(a) AS f16, TRIM('x' FROM a) AS f17, TRIM(LEADING 'x' FROM a) AS f18, TRIM(TRAILING FROM a) AS f19, trim(BOTH b FROM a) AS f20,
  SUBSTRING(a FROM 2) AS f21, SUBSTRING(a FROM 2 FOR 3) AS f22, substr(a, 2, 3) AS f23, POSITION('x' IN a) AS f24, CONCAT (a, b) AS f25,
  CURRENT_TIMESTAMP AS f26, left(a, 1) AS f27, mod(a, 2) AS f28, if(a, b, c) AS f29, date(a) AS f30, a IN (1, 2, b + 1) AS f31,
  a NOT LIKE 'x|%' ESCAPE '|' AS f32, a NOT BETWEEN b AND c + 1 AS f33, schema() AS f34, `concat`(a) AS f35
FROM db.t;
CREATE MAPPING comments AS /* a */ SELECT/* b */a--
,b -- c; d
,c # e; f
FROM/**/db.t/* ; */;
