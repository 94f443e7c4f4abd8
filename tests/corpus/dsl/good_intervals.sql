-- Units of time in all their spellings; each means one tree.
CREATE MAPPING i1 AS SELECT * FROM db.t
WHERE d + INTERVAL 1 DAY > e - INTERVAL '1:30' MINUTE_SECOND AND INTERVAL n + 1 HOUR + d < date_add(e, INTERVAL -n WEEK);
CREATE MAPPING i2 AS SELECT adddate(d, 1) AS a, subdate(d, INTERVAL 1 QUARTER) AS b, date_sub(d, INTERVAL (n) YEAR) AS c FROM db.t;
CREATE MAPPING i3 AS SELECT timestampadd(SQL_TSI_MONTH, n, d) AS a, timestampdiff(MICROSECOND, d, e) AS b FROM db.t;
CREATE MAPPING i4 AS SELECT extract(YEAR_MONTH FROM d) AS a, EXTRACT(day FROM d + INTERVAL day DAY) AS b FROM db.t;
CREATE MAPPING i5 AS SELECT get_format(DATE, 'ISO') AS a, get_format(TIMESTAMP, region) AS b, date(d) AS c, time(d) AS e FROM db.t;
-- MySQL takes all of the comparison for the date.
CREATE MAPPING i6 AS SELECT * FROM db.t WHERE INTERVAL 1 DAY + d = e OR n;
CREATE MAPPING i7 AS SELECT * FROM db.t WHERE interval(n, 1, 2) = 1 OR `interval` > 1;
