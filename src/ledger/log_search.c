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

/* As a phrase of its own. */
static void
gram_add(struct buf *out, const char *with, struct str gram)
{
	buf_adds(out, out->len ? with : "");
	buf_addc(out, '"');
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
		gram_add(&out, " AND ", str_n(needle.p + at[k], at[k + 3] - at[k]));
	text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

/* Two characters of ASCII, which the index knows as parts of trigrams. */
static bool
is_pair(struct str needle)
{
	return needle.len == 2 && (unsigned char)needle.p[0] < 0x80 &&
	    (unsigned char)needle.p[1] < 0x80;
}

bool
needle_is_short(const struct needle *n)
{
	size_t chars = 0;

	for (size_t i = 0; i < n->text.len; i++)
		chars += ((unsigned char)n->text.p[i] & 0xc0) != 0x80;
	return chars < 3 && !is_pair(n->text);
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

/* The trigrams there are between two bounds that end so: 1 when all were looked
 * at. */
static int
grams_read(struct db *db, struct hits *h, const struct str bounds[2],
    struct str end, struct buf *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT term FROM gram"
	    " WHERE term >= :from AND term < :to");
	int rc;

	stmt_bind_str(s, ":from", bounds[0]);
	stmt_bind_str(s, ":to", bounds[1]);
	while ((rc = stmt_step(s, e)) > 0) {
		struct str gram = stmt_str(s, 0);

		h->looked++;
		if (str_ends(gram, end))
			gram_add(out, " OR ", gram);
		if (late(h)) {
			stmt_reset(s);
			return 0;
		}
	}
	return rc < 0 ? -1 : 1;
}

/* Where a pair is, a letter follows or one is before it: the index has the
 * three.  Which follow is looked up; of those before, each of ASCII is asked
 * for, and the others, of which most logs have none, are looked up. */
static int
pair_match(struct db *db, struct hits *h, struct str pair, struct buf *out,
    struct err *e)
{
	const char after[2] = { pair.p[0], (char)(pair.p[1] + 1) };
	const struct str begun[2] = { pair, str_n(after, 2) };
	const struct str foreign[2] = { STR("\x80"), STR("\xff") };
	int rc = grams_read(db, h, begun, STR(""), out, e);

	if (rc > 0)
		rc = grams_read(db, h, foreign, pair, out, e);
	for (int c = 1; rc > 0 && c < 0x80; c++) {
		const char gram[3] = { (char)c, pair.p[0], pair.p[1] };

		if (c < 'A' || c > 'Z')
			gram_add(out, " OR ", str_n(gram, 3));
	}
	return rc;
}

/* false: there is no other case of it. */
static bool
cased(char *c, bool large)
{
	if (large && (*c < 'a' || *c > 'z'))
		return false;
	*c = large ? (char)(*c & ~0x20) : *c;
	return true;
}

/* Texts that are nothing but the pair, in either case. */
static int
hits_of_pair(struct db *db, struct needle *n, struct arena *a, struct hits *h,
    struct err *e)
{
	int rc = 1;

	for (int i = 0; rc > 0 && i < 4 * TERM_FIELD__MAX; i++) {
		enum term_field field = (enum term_field)(i / 4);
		char text[2] = { n->text.p[0], n->text.p[1] };
		struct stmt *s;

		if (!wanted(n, field) || !cased(&text[0], i & 1) ||
		    !cased(&text[1], i & 2))
			continue;
		s = db_stmt(db, "SELECT id, field, text FROM term"
		    " WHERE field = :field AND text = :text");
		stmt_bind_int(s, ":field", field);
		stmt_bind_str(s, ":text", str_n(text, 2));
		rc = hits_read(s, n, a, h, false, e);
	}
	return rc;
}

static int
hits_by_pair(struct db *db, struct needle *n, struct arena *a, struct hits *h,
    struct err *e)
{
	struct buf match = BUF_INIT(MIB(1));
	int rc = hits_of_pair(db, n, a, h, e);

	if (rc > 0)
		rc = pair_match(db, h, n->text, &match, e);
	if (rc > 0 && match.full)
		rc = 0;
	if (rc > 0)
		rc = hits_by_gram(db, n, a, h, buf_str(&match), e);
	buf_free(&match);
	return rc;
}

/* What no index knows: the dictionary itself is read. */
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
	    is_pair(n->text) ? hits_by_pair(db, n, a, &h, e) :
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
