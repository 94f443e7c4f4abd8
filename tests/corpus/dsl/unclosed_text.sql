-- The text of the first rule is never closed: all later quotes would pair up wrongly.
CREATE MAPPING open1 AS SELECT * FROM db.t WHERE a = 'x;
CREATE MAPPING fine1 AS SELECT * FROM db.t WHERE a = 'y' AND b = 'z';
CREATE MAPPING open2 AS SELECT `a FROM db.t WHERE a = 'y';
CREATE MAPPING fine2 AS SELECT * FROM db.t ROUTE TO 'a', 'b';
