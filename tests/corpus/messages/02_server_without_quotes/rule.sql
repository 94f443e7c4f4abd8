-- All orders go to the server shard0, under their own names.
CREATE MAPPING to_shard AS SELECT * FROM shop.orders ROUTE TO schema, table ON shard0;
