-- What was once in the table of events and was deleted for its age.

-- One row for each piece that was taken off the old end of the chain: events
-- first_seq to last_seq, of which the last had last_hash.  What is left of the
-- chain begins at the newest of them, where it once began at genesis.
CREATE TABLE event_seal (
	last_seq INTEGER PRIMARY KEY,
	first_seq INTEGER NOT NULL,
	last_hash BLOB NOT NULL CHECK (length(last_hash) = 32),
	rows INTEGER NOT NULL,
	sealed_at INTEGER NOT NULL
) STRICT;
