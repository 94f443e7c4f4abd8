TEST 'in cents' GIVEN INSERT INTO shop.orders (id = 1, amount = 9.50) EXPECT INSERT INTO archive.orders (id = 1, cents = 950);
