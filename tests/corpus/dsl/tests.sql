-- What is wrong with tests, each by its name.
TEST no_text GIVEN INSERT INTO s.t (id = 1) EXPECT NOTHING;
TEST 'no change' EXPECT NOTHING;
TEST 'no expectation' GIVEN INSERT INTO s.t (id = 1);
TEST 'slips' GIVE INSERT INTO s.t (id = 1) EXPCT NOTHING;
TEST 'verbs' GIVEN INSRT INTO s.t (id = 1), INSERT s.t (id = 1), DELETE s.t (id = 1), SELECT 1 EXPECT INSERT a.b (id = 1), UPSERT a.b (id = 1);
TEST 'no schema' GIVEN INSERT INTO t (id = 1), UPDATE t (id = 1) TO (id = 2) EXPECT DELETE FROM u (id = 1);
TEST 'no TO' GIVEN UPDATE s.t (id = 1) EXPECT UPDATE a.b (id = 1);
TEST 'TO of an insert' GIVEN INSERT INTO s.t (id = 1) TO (id = 2) EXPECT NOTHING;
TEST 'columns in values' GIVEN INSERT INTO s.t (id = id, name = draft, k = t.k + 1, s = schema) EXPECT INSERT INTO a.b (id = `id`);
TEST 'rows' GIVEN INSERT INTO s.t id = 1, INSERT INTO s.t (id), INSERT INTO s.t (), INSERT INTO s.t (id = 1 k = 2) EXPECT NOTHING;
TEST 'servers' GIVEN INSERT INTO s.t (id = 1) EXPECT INSERT INTO a.b ON shard0 (id = 1), ERROR;
TEST 'too much' GIVEN INSERT INTO s.t (id = 1) EXPECT NOTHING, INSERT INTO a.b (id = 1);
TEST 'not closed' GIVEN INSERT INTO s.t (id = 1 EXPECT NOTHING;
TEST 'options' WITH image = 'minimal' GIVEN INSERT INTO s.t (id = now()) EXPECT NOTHING;
TEST 'no semicolon' GIVEN INSERT INTO s.t (id = 1) EXPECT NOTHING
TEST 'the next one is read' GIVEN INSERT INTO s.t (id = 1) EXPECT NOTHING;
TEXT 'a slip of TEST' GIVEN INSERT INTO s.t (id = 1) EXPECT NOTHING;
CREATE MAPPING good AS SELECT test FROM db.t WHERE test = 'x';
