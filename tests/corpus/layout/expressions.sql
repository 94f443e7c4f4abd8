CREATE MAPPING signs AS SELECT -a as a, - -1 AS b, !a AS c, ~-a AS d, a - -1 AS e, a--1 AS f, a*-1 AS g, (a)*(b) AS h, +a AS i, 5 - 3 AS j, not a as k, binary b as l, binary(b) as m FROM s.t;
CREATE MAPPING forms AS SELECT CAST(A AS char(3) character set latin1) as a, convert(b using UTF8MB4) as b, TRIM(leading 'x' from c) as c,
 substring(d from 2 for 3) as d, position('x' in e) as e, _latin1'abc' as f, _latin1 0x41 as g, n'x' as h, x'4142' as i, date '2024-01-01' as j, \N as k,
 case x when 1 then 'a' else 'b' end as l, Concat(a,B) as m, cast(a as decimal(10,2)) as n, 'a' 'b' as o, "it's" as p, a like 'x%' escape '|' as q, null is null as r, true as s,
 a collate utf8mb4_bin as t, `end` + t.`case` as u, mod(a,2) as v, a mod 2 as w, `Concat`(a) as x, 1.5e3 as y, .5 as z FROM s.t;
CREATE MAPPING deep AS SELECT id, concat('aaaaaaaaaaaaaaaaaaaaaaaaaaaa', if(status < 0, 'bbbbbbbbbbbbbbbbbbbbbbbbbb', 'cccccccccccccccccccccccccc'), ifnull(remark, 'dddddddddddddddddddd')) AS x FROM s.t;
