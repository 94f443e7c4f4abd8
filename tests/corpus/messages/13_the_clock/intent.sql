TEST 'from 2024 on' GIVEN INSERT INTO shop.orders (id = 1, placed = '2024-01-01 00:00:00'), INSERT INTO shop.orders (id = 2, placed = '2023-12-31 23:59:59') EXPECT INSERT INTO recent.orders (id = 1);
