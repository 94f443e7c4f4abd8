-- Each is refused by its name.
TEST 'a tax payer who changes shard moves' GIVEN UPDATE db.t (id = 1) TO (id = 2) EXPECT NOTHING;
CREATE MAPPING good AS SELECT * FROM db.t;
