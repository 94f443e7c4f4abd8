TEST 'it goes to archive' GIVEN INSERT INTO shop.orders (id = 1, code = 'A', customer = 7, state = 'paid', level = 1, amount = 9.50, placed = '2024-02-01') EXPECT INSERT INTO archive.orders (id = 1);
