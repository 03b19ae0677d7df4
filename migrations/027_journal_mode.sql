-- A file of which a batch changes nothing but its permission bits has the same
-- hash before and after: mode tells the two apart.  NULL: the hashes do.
ALTER TABLE journal_file ADD COLUMN mode INTEGER;
