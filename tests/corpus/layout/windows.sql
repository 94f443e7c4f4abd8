CREATE MAPPING m AS SELECT a,
  b -- x
 FROM s.t;
-- end
