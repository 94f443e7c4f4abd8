/* before all */ CREATE /* between words */ MAPPING m -- the name
AS SELECT a, -- the first
  -- before the second
  b /* behind b */ , /* behind the comma */ c
  # the last of the list
FROM s.t -- the table
-- before the condition
WHERE a = 1 -- one
  -- before and
  AND b = 2 /* two */ AND (c = 3 -- three
    OR d = 4) ROUTE TO 'x', -- the schema
  'y' -- the table
  ON 'z' KEY ( -- a key
   a ) -- behind the key
; -- behind the semicolon

-- far away


/* a comment
   over lines */
; -- stray
CREATE MAPPING n AS SELECT * FROM s.t -- no semicolon before this
  -- and one on its own line
; CREATE MAPPING o AS SELECT * FROM s.t; /* on the line of the last */
-- the end of the file
-- in two lines
