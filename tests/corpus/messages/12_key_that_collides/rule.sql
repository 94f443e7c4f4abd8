-- All orders go to the schema archive, where they are found by their customer; none may be lost.
CREATE MAPPING by_customer AS SELECT * FROM shop.orders ROUTE TO 'archive' KEY (customer);
