-- Each is refused by its name.
CREATE MAPPING lookups AS SELECT * FROM db.t LEFT JOIN LOOKUP.regions AS r ON r.id = t.region WHERE a = 1;
CREATE MAPPING lookups2 AS SELECT * FROM db.t JOIN LOOKUP.regions ON r.id = t.region;
CREATE MAPPING operations AS SELECT * FROM db.t WHERE a = 1 FOR INSERT, UPDATE WITH (x = 1);
CREATE MAPPING events AS SELECT * FROM db.t WHEN before.a <> after.a ROUTE TO 'x';
CREATE MAPPING good AS SELECT * FROM db.t;
