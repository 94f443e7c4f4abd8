TEST 'paid ones only' GIVEN INSERT INTO shop.orders (id = 1, state = 'paid'), INSERT INTO shop.orders (id = 2, state = 'open') EXPECT INSERT INTO archive.orders (id = 1);
