CREATE MAPPING pattern AS SELECT * FROM REGEXP 'shop_[0-9+'.'orders';
