-- What was done to each file: the way back to every version of it that was
-- made through this product, and the way of positions forward.

-- One row for each patch and file.  id grows in the order of the edits, so that
-- the rows of one path are the chain of its contents: the hash after a batch is
-- the hash before the next, or somebody else wrote the file in between.
-- Rows are written before the renames of their batch and dropped when it fails;
-- whoever reads a chain holds the lock of the workspace and has recovered.
CREATE TABLE file_edit (
	id INTEGER PRIMARY KEY,
	workspace TEXT NOT NULL,
	path TEXT NOT NULL,
	batch_id TEXT NOT NULL,
	patch_id TEXT NOT NULL,
	-- the patch that this one takes back
	reverts TEXT,
	-- the place of the patch in its batch, from 0
	n INTEGER NOT NULL,
	-- permission bits before and after this patch; NULL: there is no file
	mode_before INTEGER,
	mode INTEGER,
	-- of the whole file around the batch, not the patch; NULL: no file
	before_sha256 BLOB CHECK (length(before_sha256) = 32),
	after_sha256 BLOB CHECK (length(after_sha256) = 32),
	-- hunks, in positions of the file as the patch before left it; the form
	-- is in src/edit/script.h
	script BLOB NOT NULL
) STRICT;

-- An index ends in the row's id, so the rows of a path come out in order.
CREATE INDEX file_edit_path ON file_edit (workspace, path);
CREATE INDEX file_edit_patch_id ON file_edit (patch_id);
CREATE INDEX file_edit_batch_id ON file_edit (batch_id);

-- Which patch was taken back, by which patch of which batch.
CREATE TABLE patch_revert (
	patch_id TEXT PRIMARY KEY,
	revert_id TEXT NOT NULL,
	batch_id TEXT NOT NULL,
	reverted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Of patch_reverted: the id of the edit that did it.  Of a revert that was
-- asked for or has failed: the patch it is about.
ALTER TABLE patch_events ADD COLUMN revert_id TEXT;
ALTER TABLE patch_events ADD COLUMN reverts TEXT;
