TEST 'the customer is the buyer' GIVEN INSERT INTO shop.orders (id = 1, customer = 7) EXPECT INSERT INTO archive.orders (id = 1, buyer = 7);
