TEST 'by region' GIVEN INSERT INTO shop.orders (id = 1, region = 'eu'), INSERT INTO shop.orders (id = 2, region = NULL) EXPECT INSERT INTO eu.orders (id = 1);
