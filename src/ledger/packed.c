#include "ledger/packed.h"

void
packed_put(struct buf *out, int64_t v)
{
	uint64_t rest = (uint64_t)v;

	while (rest >= 0x80) {
		buf_addc(out, (char)(0x80 | (rest & 0x7f)));
		rest >>= 7;
	}
	buf_addc(out, (char)rest);
}

/* false: less than nothing. */
static bool
put_cell(struct buf *out, int64_t *k1, const struct packed_cell *c)
{
	if (c->n.ok < 0 || c->n.failed < 0 || c->n.reverted < 0)
		return false;
	if (c->n.ok == 0 && c->n.failed == 0 && c->n.reverted == 0)
		return true;
	packed_put(out, c->k1 - *k1);
	packed_put(out, c->k2);
	packed_put(out, c->n.ok);
	packed_put(out, c->n.failed);
	packed_put(out, c->n.reverted);
	*k1 = c->k1;
	return true;
}

int
packed_damaged(struct err *e)
{
	return err_set(e, ERR_STORE_FAILED, "the sums beside the log are "
	    "damaged; patchctl db check --rebuild mends them");
}

static int
compare(const struct packed_cell *a, const struct packed_cell *b)
{
	if (a->k1 != b->k1)
		return a->k1 < b->k1 ? -1 : 1;
	return a->k2 < b->k2 ? -1 : a->k2 > b->k2;
}

int
packed_add(struct str text, const struct packed_cell *cells, size_t n,
    struct buf *out, struct err *e)
{
	struct packed old = { .rest = text };
	struct packed_cell c = { 0 };
	bool have = packed_next(&old, &c), fits = true;
	int64_t k1 = 0;
	size_t i = 0;

	while (fits && (have || i < n)) {
		int side = !have ? 1 : i == n ? -1 : compare(&c, &cells[i]);
		struct packed_cell sum = side > 0 ? cells[i] : c;

		if (side == 0) {
			sum.n.ok += cells[i].n.ok;
			sum.n.failed += cells[i].n.failed;
			sum.n.reverted += cells[i].n.reverted;
		}
		fits = put_cell(out, &k1, &sum);
		if (side >= 0)
			i++;
		if (side <= 0)
			have = packed_next(&old, &c);
	}
	if (old.rest.len || !fits)
		return packed_damaged(e);
	return buf_check(out, "the sums of a bucket", e);
}
