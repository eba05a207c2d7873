-- From schema 9 to 10: the number of the document after whose body a record is packed; NULL where it is packed by itself.

ALTER TABLE records ADD COLUMN packed_after INTEGER;
