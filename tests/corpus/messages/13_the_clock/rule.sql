-- Orders placed in 2024 or later go to the schema recent.
CREATE MAPPING recent AS SELECT * FROM shop.orders WHERE placed >= now() ROUTE TO 'recent';
