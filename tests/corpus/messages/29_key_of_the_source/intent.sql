TEST 'found by order_id' GIVEN UPDATE shop.orders (id = 1, code = 'A') TO (id = 2) EXPECT DELETE FROM archive.orders (order_id = 1), INSERT INTO archive.orders (order_id = 2, code = 'A');
