-- Small tables beside the row; a join of them is always left.
CREATE MAPPING by_tenant AS SELECT *, r.name AS region FROM db.t LEFT JOIN LOOKUP.regions AS r ON r.id = t.region WHERE r.name IS NOT NULL ROUTE TO r.shard;
create mapping two as select * from db.t as t join lookup.a on a.x = t.x and a.y = 1 left outer join lookup.b as `c d` on `c d`.k = a.k route to a.s;
CREATE MAPPING pattern AS SELECT * FROM LIKE 'shop\_%'.'orders' JOIN LOOKUP.shops ON shops.`schema` = schema ROUTE TO 'shop' ON shops.server;
-- LOOKUP is a name like any other elsewhere.
CREATE MAPPING names AS SELECT lookup FROM lookup.lookup;
