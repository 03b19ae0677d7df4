-- The trigrams themselves that term_gram knows: a search for two letters asks
-- for those that begin with them.
CREATE VIRTUAL TABLE gram USING fts5vocab (term_gram, row);
