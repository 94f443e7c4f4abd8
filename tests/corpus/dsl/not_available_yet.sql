-- Each is refused by its name.
CREATE MAPPING lookups AS SELECT * FROM db.t LEFT JOIN LOOKUP.regions AS r ON r.id = t.region WHERE a = 1;
CREATE MAPPING lookups2 AS SELECT * FROM db.t JOIN LOOKUP.regions ON r.id = t.region;
TEST 'a tax payer who changes shard moves' GIVEN UPDATE db.t (id = 1) TO (id = 2) EXPECT NOTHING;
CREATE MAPPING good AS SELECT * FROM db.t;
