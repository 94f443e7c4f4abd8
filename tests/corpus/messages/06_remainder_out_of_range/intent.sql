TEST 'odd ones only' GIVEN INSERT INTO shop.orders (id = 1, customer = 7), INSERT INTO shop.orders (id = 2, customer = 8) EXPECT INSERT INTO odd.orders (id = 1);
