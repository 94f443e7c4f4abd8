TEST 'each in one place' GIVEN INSERT INTO shop.orders (id = 1, level = 3), INSERT INTO shop.orders (id = 2, level = 4) EXPECT INSERT INTO archive.orders (id = 1), INSERT INTO high.orders (id = 2);
