TEST 'another customer is another row' GIVEN UPDATE shop.orders (id = 1, customer = 7) TO (customer = 8) EXPECT DELETE FROM archive.orders (id = 1, customer = 7), INSERT INTO archive.orders (id = 1, customer = 8);
TEST 'another id is another row' GIVEN UPDATE shop.orders (id = 1, customer = 7) TO (id = 2) EXPECT DELETE FROM archive.orders (id = 1), INSERT INTO archive.orders (id = 2);
