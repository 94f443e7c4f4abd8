-- What MySQL has and a rule has not.
CREATE MAPPING r1 AS SELECT * FROM db.t WHERE id IN (SELECT id FROM db.u);
CREATE MAPPING r2 AS SELECT * FROM db.t WHERE id = (SELECT max(id) FROM db.u) AND EXISTS (SELECT 1);
CREATE MAPPING r3 AS SELECT count(*) AS n, max(a) AS m, sum(DISTINCT b) AS s, group_concat(a ORDER BY b SEPARATOR ',') AS g FROM db.t;
CREATE MAPPING r4 AS SELECT row_number() OVER (ORDER BY a) AS n, sum(a) OVER w AS s, lag(a) AS l FROM db.t;
CREATE MAPPING r5 AS SELECT @v AS a, @@global.time_zone AS b, @v := 5 AS c, a := 5 AS d FROM db.t;
CREATE MAPPING r6 AS SELECT * FROM db.t WHERE id = ? AND name = :name;
CREATE MAPPING r7 AS SELECT * FROM db.t WHERE (a, b) = (1, 2) AND (a, b) IN ((1, 2)) AND ROW(a, b) = ROW(1, 2);
CREATE MAPPING r8 AS SELECT * FROM db.t WHERE a REGEXP '^x' AND b NOT RLIKE 'y' AND a SOUNDS LIKE b AND 5 MEMBER OF (j);
CREATE MAPPING r9 AS SELECT j->'$.a' AS a, j->>'$.b' AS b FROM db.t;
CREATE MAPPING r10 AS SELECT * FROM db.t WHERE MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE);
CREATE MAPPING r11 AS SELECT {d '2024-01-01'} AS d, char(65 USING latin1) AS c FROM db.t;
CREATE MAPPING r12 AS SELECT db.f(a) AS x, trim_leading(a, 'x') AS y, default(a) AS z FROM db.t;
CREATE MAPPING r13 AS SELECT cast(a AS INT) AS a, cast(b AS VARCHAR(5)) AS b, cast(c AS DECIMAL(70, 2)) AS c, cast(d AS TIME(9)) AS d, cast(e AS UNSIGNED ARRAY) AS e, cast(f AS money) AS f FROM db.t;
CREATE MAPPING r14 AS SELECT cast(a, SIGNED) AS a, convert(b AS SIGNED) AS b, cast(c AS) AS c, cast(d AS DECIMAL(2, 5)) AS d FROM db.t;
