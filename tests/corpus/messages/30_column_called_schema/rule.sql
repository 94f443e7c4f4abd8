-- Pages of the schema called public by their own column go to the schema open.
CREATE MAPPING public AS SELECT * FROM wiki.pages WHERE schema = 'public' ROUTE TO 'open';
