TEST 'ten characters' GIVEN INSERT INTO shop.orders (id = 1, code = 'ABCDEFGHIJKL') EXPECT INSERT INTO archive.orders (id = 1, code = 'ABCDEFGHIJ');
