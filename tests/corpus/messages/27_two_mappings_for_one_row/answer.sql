-- Orders above level 3 go to the schema high only, all others to the schema archive only.
CREATE MAPPING others AS SELECT * FROM shop.orders WHERE level <= 3 ROUTE TO 'archive';
CREATE MAPPING high AS SELECT * FROM shop.orders WHERE level > 3 ROUTE TO 'high';
