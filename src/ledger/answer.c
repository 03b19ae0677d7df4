#include "ledger/answer.h"

#include <stdlib.h>

#include "base/clock.h"
#include "ledger/sums.h"

void
answer_int(struct json_writer *w, const char *key, int64_t v)
{
	json_key(w, key);
	json_put_int(w, v);
}

void
answer_str(struct json_writer *w, const char *key, struct str v)
{
	json_key(w, key);
	json_put_str(w, v);
}

void
answer_time(struct json_writer *w, const char *key, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	answer_str(w, key, clock_write(ms, text));
}

void
answer_share(struct json_writer *w, const char *key, int64_t part,
    int64_t all, double of)
{
	json_key(w, key);
	if (all == 0)
		json_put_null(w);
	else
		json_put_double(w, of * (double)part / (double)all);
}

void
answer_counts(struct json_writer *w, const struct counts *n)
{
	answer_int(w, "total", counts_total(n));
	answer_int(w, "ok", n->ok);
	answer_int(w, "failed", n->failed);
	answer_share(w, "success_rate", n->ok, counts_total(n), 1);
}

static int
by_total(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int64_t more = counts_total(&y->n) - counts_total(&x->n);

	return more ? (more < 0 ? -1 : 1) : str_cmp(x->name, y->name);
}

int
answer_named(struct db *db, struct arena *a, struct sums *s,
    struct named **out, size_t *n, struct err *e)
{
	struct named *rows = arena_array_of(a, struct named, s->n + 1);

	*n = 0;
	*out = rows;
	sums_list(s);
	for (size_t i = 0; i < s->n; i++) {
		if (counts_total(&s->rows[i].n) == 0)
			continue;
		if (term_text(db, a, s->rows[i].key, &rows[*n].name, e) < 0)
			return -1;
		rows[(*n)++].n = s->rows[i].n;
	}
	if (*n)
		qsort(rows, *n, sizeof(*rows), by_total);
	return 0;
}
