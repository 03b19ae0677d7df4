#include "ledger/trail.h"

#include "ledger/term.h"
#include "store/event_store.h"

/* Places in the stream, oldest first, one more than wanted. */
struct seqs {
	int64_t *seq;
	size_t n, max;
};

static int
seqs_read(struct stmt *s, struct seqs *to, int64_t after, struct err *e)
{
	int rc;

	stmt_bind_int(s, ":after", after);
	stmt_bind_int(s, ":max", (int64_t)to->max);
	while ((rc = stmt_step(s, e)) > 0)
		to->seq[to->n++] = stmt_int(s, 0);
	return rc;
}

/* What factories told.  An order's messages are few beside its patches. */
static int
phases_find(struct db *db, struct str order_id, int64_t after,
    struct seqs *to, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT id FROM patch_custody"
	    " WHERE order_id = :order_id AND id > :after ORDER BY id"
	    " LIMIT :max");

	stmt_bind_str(s, ":order_id", order_id);
	return seqs_read(s, to, after, e);
}

static int
patches_find(struct db *db, struct str order_id, int64_t after,
    struct seqs *to, struct err *e)
{
	int64_t term;
	struct stmt *s;
	int rc = term_find(db, TERM_ORDER, order_id, &term, e);

	if (rc <= 0)
		return rc;
	s = db_stmt(db, "SELECT l.id FROM posting AS b"
	    " CROSS JOIN patch_log AS l ON l.id BETWEEN b.block * 256"
	    " AND b.block * 256 + 255 WHERE b.term = :term"
	    " AND b.block >= :block AND l.\"order\" = :term"
	    " AND l.id > :after ORDER BY b.block, l.id LIMIT :max");
	stmt_bind_int(s, ":term", term);
	stmt_bind_int(s, ":block", (after + 1) / POSTING_BLOCK);
	return seqs_read(s, to, after, e);
}

/* The lower of the two heads; false when both are empty. */
static bool
next_of(const struct seqs *a, size_t *i, const struct seqs *b, size_t *k,
    int64_t *seq)
{
	if (*i == a->n && *k == b->n)
		return false;
	if (*k == b->n || (*i < a->n && a->seq[*i] < b->seq[*k]))
		*seq = a->seq[(*i)++];
	else
		*seq = b->seq[(*k)++];
	return true;
}

int
trail_of_order(struct db *db, struct arena *a, struct str order_id,
    int64_t after, size_t max, struct event **out, size_t *n, bool *more,
    struct err *e)
{
	struct seqs told = { arena_array_of(a, int64_t, max + 1), 0, max + 1 };
	struct seqs done = { arena_array_of(a, int64_t, max + 1), 0, max + 1 };
	size_t i = 0, k = 0;
	int64_t seq;

	*n = 0;
	*more = false;
	if (phases_find(db, order_id, after, &told, e) != 0 ||
	    patches_find(db, order_id, after, &done, e) != 0)
		return -1;
	*out = arena_array_of(a, struct event, max + 1);
	while (next_of(&told, &i, &done, &k, &seq)) {
		int rc;

		if (*n == max) {
			*more = true;
			break;
		}
		rc = event_store_get(db, a, seq, &(*out)[*n], e);
		if (rc < 0)
			return -1;
		*n += (size_t)rc;
	}
	return 0;
}
