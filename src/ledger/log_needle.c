#include "ledger/log_needle.h"

#include <stdlib.h>

#include "json/json_reader.h"
#include "ledger/patch_log.h"

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static char
large(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
}

/* How much of paths, words and JSON consists of that byte, roughly. */
static int
frequency(char c)
{
	static const char common[] = "etaonisrlcdpumh\"_,:g-/.f01b2yv";
	const char *at = c ? strchr(common, c) : NULL;

	return at ? (int)(common + sizeof(common) - at) : 0;
}

void
needle_begin(struct needle *n, struct arena *a, struct str text,
    bool everywhere)
{
	char *copy = arena_bytes(a, text.len + 1);

	*n = (struct needle){ .text = { copy, text.len },
	    .everywhere = everywhere, .known_from = INT64_MAX };
	for (size_t i = 0; i < text.len; i++) {
		copy[i] = small(text.p[i]);
		if (frequency(copy[i]) < frequency(copy[n->rare]))
			n->rare = i;
	}
}

void
needle_end(struct needle *n)
{
	free(n->judged);
	n->judged = NULL;
}

static bool
same_at(const struct needle *n, const char *p)
{
	for (size_t i = 0; i < n->text.len; i++)
		if (small(p[i]) != n->text.p[i])
			return false;
	return true;
}

/* The next place of c from p on, before end; NULL: none. */
static const char *
next_of(const char *p, const char *end, char c)
{
	return p && p < end ? memchr(p, c, (size_t)(end - p)) : NULL;
}

bool
needle_in(const struct needle *n, struct str text)
{
	const char *from, *end, *lower, *upper;
	char c;

	if (n->text.len == 0 || text.len < n->text.len)
		return n->text.len == 0;
	c = n->text.p[n->rare];
	from = text.p + n->rare;
	end = text.p + text.len - (n->text.len - n->rare) + 1;
	lower = next_of(from, end, c);
	upper = large(c) == c ? NULL : next_of(from, end, large(c));
	while (lower || upper) {
		bool first = lower && (!upper || lower < upper);
		const char *hit = first ? lower : upper;

		if (same_at(n, hit - n->rare))
			return true;
		if (first)
			lower = next_of(hit + 1, end, c);
		else
			upper = next_of(hit + 1, end, large(c));
	}
	return false;
}

static size_t
slot_of(const struct needle *n, int64_t term)
{
	size_t i = (uint64_t)term * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	i &= n->room - 1;
	while (n->judged[i] && n->judged[i] >> 1 != term)
		i = (i + 1) & (n->room - 1);
	return i;
}

static void
grow(struct needle *n)
{
	int64_t *old = n->judged;
	size_t room = n->room;

	n->room = room ? room * 2 : 1024;
	n->judged = calloc(n->room, sizeof(*n->judged));
	if (!n->judged)
		abort();
	for (size_t i = 0; i < room; i++)
		if (old[i])
			n->judged[slot_of(n, old[i] >> 1)] = old[i];
	free(old);
}

void
needle_judge(struct needle *n, int64_t term, bool hit)
{
	size_t i;

	if (n->n_judged * 2 >= n->room)
		grow(n);
	i = slot_of(n, term);
	n->n_judged += n->judged[i] == 0;
	n->judged[i] = term * 2 + hit;
}

static int
term_hits(struct db *db, struct needle *n, int64_t term, struct err *e)
{
	struct stmt *s;
	bool hit;
	int rc;

	if (term == 0)
		return 0;
	if (n->room) {
		int64_t found = n->judged[slot_of(n, term)];

		if (found)
			return found & 1;
	}
	if (term >= n->known_from)
		return 0;
	s = db_stmt(db, "SELECT text FROM term WHERE id = :id");
	stmt_bind_int(s, ":id", term);
	rc = stmt_step(s, e);
	if (rc < 0)
		return -1;
	hit = rc > 0 && needle_in(n, stmt_str(s, 0));
	stmt_reset(s);
	needle_judge(n, term, hit);
	return hit;
}

/* In a text or a number, however deep, as meta_post() finds them. */
static bool
in_meta(const struct needle *n, const struct json *v, struct arena *scratch)
{
	switch (json_kind(v)) {
	case JSON_OBJECT:
		for (json_each(it, v))
			if (in_meta(n, it.value, scratch))
				return true;
		return false;
	case JSON_ARRAY:
		for (size_t i = 0; i < json_count(v); i++)
			if (in_meta(n, json_item(v, i), scratch))
				return true;
		return false;
	case JSON_STRING:
		return needle_in(n, json_as_str(v));
	case JSON_INT:
	case JSON_DOUBLE:
		return needle_in(n, json_text(v, scratch));
	default:
		return false;
	}
}

static int
in_payload(const struct needle *n, struct str payload, bool meta,
    struct arena *scratch, struct err *e)
{
	const struct json *v;
	struct json_doc *doc;
	bool found = false;

	/* most are done with here: what is not there as it stands could only
	 * be there escaped */
	if (!needle_in(n, payload) && !str_has(payload, '\\'))
		return 0;
	if (json_parse(payload, scratch, &doc, e) != 0)
		return -1;
	if (json_member(json_root(doc), "files", &v) &&
	    json_kind(v) == JSON_ARRAY)
		found = in_meta(n, v, scratch);
	if (!found && meta && json_member(json_root(doc), "meta", &v))
		found = in_meta(n, v, scratch);
	json_doc_free(doc);
	return found;
}

static int
payload_hits(struct db *db, const struct needle *n, const struct log_cells *c,
    struct arena *scratch, struct err *e)
{
	bool meta = n->everywhere && (c->flags & LOG_HAS_META);
	bool files = c->flags & LOG_HAS_FILES;
	int64_t block = c->id / POSTING_BLOCK;
	struct stmt *s;
	int rc;

	if (n->collected) {
		meta = meta && block_set_has(&n->meta, block);
		files = files && block_set_has(&n->files, block);
	}
	if (!meta && !files)
		return 0;
	s = db_stmt(db, "SELECT payload FROM event WHERE seq = :seq");
	stmt_bind_int(s, ":seq", c->id);
	rc = stmt_step(s, e);
	if (rc > 0)
		rc = in_payload(n, stmt_str(s, 0), meta, scratch, e);
	stmt_reset(s);
	return rc;
}

int
needle_row(struct db *db, struct needle *n, const struct log_cells *c,
    struct arena *scratch, struct err *e)
{
	const int64_t terms[] = { c->file, c->op, c->requester, c->reason,
	    c->error };
	size_t n_terms = n->everywhere ? countof(terms) : 1;

	for (size_t i = 0; i < n_terms; i++) {
		int rc = term_hits(db, n, terms[i], e);

		if (rc != 0)
			return rc;
	}
	return payload_hits(db, n, c, scratch, e);
}
