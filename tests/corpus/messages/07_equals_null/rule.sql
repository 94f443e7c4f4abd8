-- Orders without a region go to the schema unplaced.
CREATE MAPPING unplaced AS SELECT * FROM shop.orders WHERE region = NULL ROUTE TO 'unplaced';
