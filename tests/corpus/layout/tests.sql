CREATE MAPPING m AS SELECT * FROM s.t;
test 'one' given insert into s.t(id=1,k=-2) expect nothing;
TEST 'two' with(image='minimal')
  GIVEN update s.t (id = 1) to (k = 1), -- moves
   DELETE FROM `s`.`order` (id=2)
  EXPECT DELETE FROM a.b on 'c' (id=2), error null_route,
 UPDATE fintax_task_0.task_batch_0 (id = 1, qyid = 16777216, batch_no = 'a long batch number', status = 0, is_deleted = 0) TO (status = 3);
