-- Every form of a test.
TEST 'a name with ''quotes''' GIVEN INSERT INTO s.t (id = 1, k = NULL, name = "x") EXPECT NOTHING;
test 'lower case' with (image = 'minimal') given update s.t (id = 1) to (k = -1.5, `key` = 0xff), delete from `s`.`order` (id = 2)
expect insert into a.b (id = 1), update a.b on 'shard0' (id = 1) to (k = DATE '2024-02-29'), update a.b (k = 1 + 1), delete from a.b (given = 1, expect = 2), error null_route;
TEST 'the last semicolon may be left out' GIVEN INSERT INTO s.t (nothing = concat('a', 'b')) EXPECT ERROR overflow
