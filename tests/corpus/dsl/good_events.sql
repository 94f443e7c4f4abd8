-- Event mappings: WHEN behind WHERE, FOR behind KEY.
CREATE MAPPING audit AS SELECT * FROM s.t ROUTE TO 'audit' FOR INSERT;
create mapping kept as select * from s.t key (id) for update, insert with (on_conflict = 'repair');
CREATE MAPPING paid AS SELECT * FROM s.t AS t WHERE t.a > 1 WHEN before.status = 1 AND after.status = 2 ROUTE TO 'paid';
CREATE MAPPING left_over AS SELECT * FROM s.t WHEN CASE WHEN before.a IS NULL THEN TRUE ELSE after.a <> before.a END FOR DELETE, INSERT, UPDATE;
-- Neither word is reserved where a name stands.
CREATE MAPPING names AS SELECT `when`, for, t.before, after FROM s.t AS t WHERE for = `when`;
