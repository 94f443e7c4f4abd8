-- Each is refused by its name.
CREATE MAPPING lookups AS SELECT * FROM db.t LEFT JOIN LOOKUP.regions AS r ON r.id = t.region WHERE a = 1;
CREATE MAPPING lookups2 AS SELECT * FROM db.t JOIN LOOKUP.regions ON r.id = t.region;
CREATE MAPPING good AS SELECT * FROM db.t;
