TEST 'whole coins' GIVEN INSERT INTO shop.orders (id = 1, amount = 9.50) EXPECT INSERT INTO archive.orders (id = 1, amount = 10);
