TEST 'of tenant 7' GIVEN INSERT INTO shop.orders (id = 1, code = 'A') EXPECT INSERT INTO archive.orders (id = 1, code = 'A', tenant = 7);
