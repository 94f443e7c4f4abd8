TEST 'public ones only' GIVEN INSERT INTO wiki.pages (id = 1, `schema` = 'public'), INSERT INTO wiki.pages (id = 2, `schema` = 'private') EXPECT INSERT INTO open.pages (id = 1);
