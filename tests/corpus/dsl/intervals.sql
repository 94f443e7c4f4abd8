-- Intervals that are none.
CREATE MAPPING i1 AS SELECT * FROM db.t WHERE d > INTERVAL 1 DAY;
CREATE MAPPING i2 AS SELECT * FROM db.t WHERE INTERVAL 1 DAY - d > e;
CREATE MAPPING i3 AS SELECT * FROM db.t WHERE d + INTERVAL 1 > e;
CREATE MAPPING i4 AS SELECT * FROM db.t WHERE d + INTERVAL 1 DAYS > e;
CREATE MAPPING i5 AS SELECT * FROM db.t WHERE d + interval > e;
CREATE MAPPING i6 AS SELECT date_add(d, 1) AS a, date_add(d) AS b FROM db.t;
CREATE MAPPING i7 AS SELECT timestampadd(DAY_HOUR, 1, d) AS a FROM db.t;
CREATE MAPPING i8 AS SELECT timestampdiff(d, e) AS a, timestampdiff(DAY, d) AS b FROM db.t;
CREATE MAPPING i9 AS SELECT extract(d) AS a, extract(YEAR, d) AS b, get_format('ISO') AS c FROM db.t;
