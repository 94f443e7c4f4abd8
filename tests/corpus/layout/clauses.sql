

-- The head of the file,
-- in two lines.

# about the first mapping
create mapping `first` as select *,schema as from_schema , `table`,table as `from` from s.t as x where a=1 and(b<>2 or c is not null)
route to concat(schema,'_',(qyid>>22)%2),concat(table,'_',((qyid>>22)>>1)%16) on concat('shard',(qyid>>22)%2) key(qyid,`id`)with(on_null_route='skip',on_row_error = 'skip');
CREATE MAPPING short AS SELECT id, `key`, `name` FROM LIKE 's\_%' . 't' ROUTE TO 'a', 'b' ON 'c';;
create mapping listed as
select id, qyid as taxpayer_id, tax_period div 100 as tax_year, if(status < 0, 'failed', 'accepted') as outcome,
  concat_ws('/', kind, left(remark, 20), 'some long text that makes this too wide') as label, * except (a,b) replace (upper(c) as c)
from s.t;
CREATE MAPPING long AS SELECT * FROM s.t
WHERE status IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26) AND a BETWEEN 1 AND 2 AND qyid = 3 OR NOT x AND y XOR z || w && v
ROUTE TO CASE WHEN region = 'north' THEN 'shop_north' WHEN region = 'south' THEN 'shop_south' WHEN region IS NULL THEN 'shop_unknown' ELSE concat('shop_', lower(region)) END;
create table s.t ( id int primary key,   -- kept as it is
  name   varchar(20) );
CREATE TABLE s.u (id INT)
;
create mapping event as select * from s.t where a>0 when before.status<>after.status and `before`.x=1 route to 'a' key(id) for insert,update with(on_conflict='repair')
