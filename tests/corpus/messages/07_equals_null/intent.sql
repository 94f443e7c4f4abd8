TEST 'without region only' GIVEN INSERT INTO shop.orders (id = 1, region = NULL), INSERT INTO shop.orders (id = 2, region = 'eu') EXPECT INSERT INTO unplaced.orders (id = 1);
