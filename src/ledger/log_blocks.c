#include "ledger/log_blocks.h"

static int
postings_fill(struct db *db, struct postings *p, bool ascending, int64_t from,
    struct err *e)
{
	struct stmt *s = db_stmt(db, ascending ?
	    "SELECT block FROM posting WHERE term = :term AND block >= :from"
	    " ORDER BY block LIMIT :n" :
	    "SELECT block FROM posting WHERE term = :term AND block <= :from"
	    " ORDER BY block DESC LIMIT :n");
	int rc;

	stmt_bind_int(s, ":term", p->term);
	stmt_bind_int(s, ":from", from);
	stmt_bind_int(s, ":n", POSTINGS_AT_ONCE);
	p->n = p->at = 0;
	while ((rc = stmt_step(s, e)) > 0)
		p->block[p->n++] = stmt_int(s, 0);
	p->end = p->n < POSTINGS_AT_ONCE;
	return rc;
}

int
postings_seek(struct db *db, struct postings *p, bool ascending, int64_t from,
    int64_t *found, struct err *e)
{
	while (p->at < p->n && (ascending ? p->block[p->at] < from :
	    p->block[p->at] > from))
		p->at++;
	if (p->at == p->n && !p->end &&
	    postings_fill(db, p, ascending, from, e) != 0)
		return -1;
	if (p->at == p->n)
		return 0;
	*found = p->block[p->at];
	return 1;
}

void
block_set_begin(struct block_set *b, struct arena *a, int64_t lo, int64_t hi)
{
	*b = (struct block_set){ .lo = lo, .hi = hi };
	b->bits = arena_array_of(a, uint64_t, (size_t)(hi - lo) / 64 + 1);
}

bool
block_set_has(const struct block_set *b, int64_t block)
{
	uint64_t i = (uint64_t)(block - b->lo);

	return b->all || (b->bits[i / 64] >> i % 64 & 1);
}

int
block_set_seek(const struct block_set *b, bool ascending, int64_t from,
    int64_t *found)
{
	int64_t step = ascending ? 1 : -1;

	for (int64_t k = from; k >= b->lo && k <= b->hi; k += step)
		if (block_set_has(b, k)) {
			*found = k;
			return 1;
		}
	return 0;
}

static void
block_set_put(struct block_set *b, int64_t block)
{
	uint64_t i = (uint64_t)(block - b->lo);

	if (block_set_has(b, block))
		return;
	b->bits[i / 64] |= UINT64_C(1) << i % 64;
	b->n++;
	/* the rest would save less than it costs to be read */
	b->all = b->n > 64 && b->n > (b->hi - b->lo) / 4 * 3;
}

int
block_sets_add(struct db *db, struct block_set *const *sets, size_t n,
    int64_t term, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT block FROM posting"
	    " WHERE term = :term AND block BETWEEN :lo AND :hi");
	bool all = false;
	int rc = 0;

	stmt_bind_int(s, ":term", term);
	stmt_bind_int(s, ":lo", sets[0]->lo);
	stmt_bind_int(s, ":hi", sets[0]->hi);
	while (!all && (rc = stmt_step(s, e)) > 0) {
		all = true;
		for (size_t i = 0; i < n; i++) {
			block_set_put(sets[i], stmt_int(s, 0));
			all = all && sets[i]->all;
		}
	}
	stmt_reset(s);
	return rc < 0 ? -1 : 0;
}
