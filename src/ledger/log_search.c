/* The terms that have a part of a text in them, and their blocks. */
#include "base/clock.h"
#include "ledger/log_needle.h"

/* Trigrams that are asked for at most: the text is compared anyway. */
#define GRAMS_ASKED	12

/* How many hits are judged between two looks at the clock. */
#define LOOKS_BETWEEN	64

struct hit {
	int64_t term;
	enum term_field field;
};

struct hits {
	struct hit *all;	/* arena; rows_room() */
	size_t n;
	int64_t looked, most, until_us;
};

/* Where the characters of s (which is UTF-8) begin, and its end; returns how
 * many there are.  at has room for s.len + 1. */
static size_t
chars_of(struct str s, size_t *at)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			at[n++] = i;
	at[n] = s.len;
	return n;
}

static void
gram_add(struct buf *out, struct str gram)
{
	buf_adds(out, out->len ? " AND \"" : "\"");
	for (size_t i = 0; i < gram.len; i++) {
		if (gram.p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, gram.p[i]);
	}
	buf_addc(out, '"');
}

/* "abc" AND "bcd" ...: each trigram a phrase of its own, since the index does
 * not know places.  STR_NONE: the text is too short to have one. */
static struct str
match_text(struct arena *a, struct str needle)
{
	size_t *at = arena_array_of(a, size_t, needle.len + 1);
	size_t n = chars_of(needle, at), every;
	struct buf out = BUF_INIT(KIB(2));
	struct str text;

	if (n < 3)
		return STR_NONE;
	every = (n - 2 + GRAMS_ASKED - 1) / GRAMS_ASKED;
	for (size_t k = 0; k + 2 < n; k += every)
		gram_add(&out, str_n(needle.p + at[k], at[k + 3] - at[k]));
	text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

bool
needle_is_short(const struct needle *n)
{
	size_t chars = 0;

	for (size_t i = 0; i < n->text.len; i++)
		chars += ((unsigned char)n->text.p[i] & 0xc0) != 0x80;
	return chars < 3;
}

static bool
wanted(const struct needle *n, enum term_field field)
{
	return n->everywhere ? term_is_searched(field) : field == TERM_FILE;
}

static bool
late(const struct hits *h)
{
	return h->looked > h->most || (h->looked % LOOKS_BETWEEN == 0 &&
	    clock_mono_us() >= h->until_us);
}

static void
hit_add(struct needle *n, struct arena *a, struct hits *h, struct hit hit)
{
	needle_judge(n, hit.term, true);
	h->all = rows_room(a, h->all, h->n, sizeof(*h->all));
	h->all[h->n++] = hit;
}

/* Rows of (id, field, text), the newest terms first if known: 1 when all were
 * looked at. */
static int
hits_read(struct stmt *s, struct needle *n, struct arena *a, struct hits *h,
    bool newest_first, struct err *e)
{
	int rc;

	while ((rc = stmt_step(s, e)) > 0) {
		struct hit hit = { stmt_int(s, 0), (enum term_field)
		    stmt_int(s, 1) };

		h->looked++;
		if (wanted(n, hit.field) && needle_in(n, stmt_str(s, 2)))
			hit_add(n, a, h, hit);
		if (newest_first)
			n->known_from = hit.term;
		if (late(h)) {
			stmt_reset(s);
			return 0;
		}
	}
	return rc < 0 ? -1 : 1;
}

static int
hits_by_gram(struct db *db, struct needle *n, struct arena *a,
    struct hits *h, struct str match, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT t.id, t.field, t.text"
	    " FROM term_gram AS g CROSS JOIN term AS t ON t.id = g.rowid"
	    " WHERE g.term_gram MATCH :match ORDER BY g.rowid DESC");

	stmt_bind_str(s, ":match", match);
	return hits_read(s, n, a, h, true, e);
}

/* One or two characters have no trigram: the dictionary itself is read. */
static int
hits_by_reading(struct db *db, struct needle *n, struct arena *a,
    struct hits *h, struct err *e)
{
	int rc = 1;

	for (int field = TERM_NONE + 1; rc > 0 && field < TERM_FIELD__MAX;
	    field++) {
		struct stmt *s;

		if (!wanted(n, (enum term_field)field))
			continue;
		s = db_stmt(db, "SELECT id, field, text FROM term"
		    " WHERE field = :field");
		stmt_bind_int(s, ":field", field);
		rc = hits_read(s, n, a, h, false, e);
	}
	return rc;
}

static int
blocks_add(struct db *db, struct needle *n, const struct hits *h, size_t i,
    struct err *e)
{
	struct block_set *sets[2] = { &n->any, NULL };

	if (h->all[i].field == TERM_META)
		sets[1] = &n->meta;
	if (h->all[i].field == TERM_FILE)
		sets[1] = &n->files;
	if (n->any.all && (!sets[1] || sets[1]->all))
		return 0;
	return block_sets_add(db, sets, sets[1] ? 2 : 1, h->all[i].term, e);
}

int
needle_collect(struct db *db, struct needle *n, struct arena *a,
    const struct block_set *range, int64_t most_terms, int64_t until_us,
    struct err *e)
{
	struct hits h = { .most = most_terms, .until_us = until_us };
	struct str match = match_text(a, n->text);
	int rc = match.p ? hits_by_gram(db, n, a, &h, match, e) :
	    hits_by_reading(db, n, a, &h, e);

	if (rc <= 0)
		return rc;
	n->known_from = 0;
	block_set_begin(&n->any, a, range->lo, range->hi);
	block_set_begin(&n->meta, a, range->lo, range->hi);
	block_set_begin(&n->files, a, range->lo, range->hi);
	for (size_t i = 0; i < h.n; i++) {
		if (blocks_add(db, n, &h, i, e) != 0)
			return -1;
		if (i % LOOKS_BETWEEN == 0 && clock_mono_us() >= until_us)
			return 0;
	}
	n->collected = true;
	return 1;
}
