CREATE MAPPING fine AS SELECT * FROM db.t WHERE a = 'two
lines';
CREATE MAPPING open AS SELECT * FROM db.t WHERE a = 'it''s;
