#include "ledger/grams.h"

/* 1 it is found, 0, -1 */
static int
gram_leads(struct db *db, struct str gram, int64_t id, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT 1 FROM term_gram"
	    " WHERE term_gram MATCH :gram AND rowid = :id");
	int rc;

	stmt_bind_str(s, ":gram", gram);
	stmt_bind_int(s, ":id", id);
	rc = stmt_step(s, e);
	stmt_reset(s);
	return rc;
}

int
grams_missing(struct db *db, int64_t after, int64_t *term, struct err *e)
{
	/* the fields of term_is_searched() */
	struct stmt *s = db_stmt(db, "SELECT id, '\"' ||"
	    " replace(substr(text, 1, 3), '\"', '\"\"') || '\"' FROM term"
	    " WHERE id > :after AND field BETWEEN 1 AND 6"
	    " AND length(text) >= 3 ORDER BY id");
	int rc, found = 1;

	*term = 0;
	stmt_bind_int(s, ":after", after);
	while (found > 0 && (rc = stmt_step(s, e)) != 0) {
		if (rc < 0)
			return -1;
		*term = stmt_int(s, 0);
		/* the text stays where it is until the next step */
		found = gram_leads(db, stmt_str(s, 1), *term, e);
	}
	stmt_reset(s);
	if (found > 0)
		*term = 0;
	return found < 0 ? -1 : 0;
}

static int
gram_put(struct db *db, int64_t term, struct err *e)
{
	struct stmt *s;

	if (db_begin(db, e) != 0)
		return -1;
	s = db_stmt(db, "INSERT INTO term_gram (rowid, text)"
	    " SELECT id, text FROM term WHERE id = :id");
	stmt_bind_int(s, ":id", term);
	if (stmt_run(s, e) != 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

int
grams_mend(struct db *db, struct err *e)
{
	int64_t term = 0;

	do {
		if (grams_missing(db, term, &term, e) != 0)
			return -1;
		if (term && gram_put(db, term, e) != 0)
			return -1;
	} while (term);
	return 0;
}
