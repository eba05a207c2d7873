-- From schema 9 to 10: the number of the document after whose body a record is packed; 0 where there is none, NULL where it
-- was packed by itself.

ALTER TABLE records ADD COLUMN packed_after INTEGER;
