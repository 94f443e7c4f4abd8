-- Orders go to the schema that is called as their region; those without one are left out.
CREATE MAPPING by_region AS SELECT * FROM shop.orders ROUTE TO region WITH (on_null_route = 'skip');
