TEST 'shops only' GIVEN INSERT INTO shop_1.orders (id = 1) EXPECT INSERT INTO shop.orders (shop = 'shop_1', id = 1);
TEST 'shopping is no shop' GIVEN INSERT INTO shopping.orders (id = 1) EXPECT NOTHING;
