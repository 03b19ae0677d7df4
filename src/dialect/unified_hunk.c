#include "dialect/unified_hunk.h"

static bool
number(struct str *s, int64_t *out)
{
	int64_t v = 0;
	size_t n = 0;

	while (n < s->len && s->p[n] >= '0' && s->p[n] <= '9') {
		v = v * 10 + (s->p[n++] - '0');
		if (v > FILE_MAX_LINES)
			return false;
	}
	*out = v;
	*s = str_n(s->p + n, s->len - n);
	return n != 0;
}

static bool
literal(struct str *s, const char *text)
{
	struct str t = str(text);

	if (!str_starts(*s, t))
		return false;
	*s = str_n(s->p + t.len, s->len - t.len);
	return true;
}

static bool
range(struct str *s, int64_t *line, int64_t *count)
{
	*count = 1;
	return number(s, line) && (!literal(s, ",") || number(s, count)) &&
	    (*line || !*count);
}

bool
hunk_range_read(struct str line, struct hunk_range *r)
{
	return literal(&line, "@@ -") &&
	    range(&line, &r->old_line, &r->old_count) &&
	    literal(&line, " +") &&
	    range(&line, &r->new_line, &r->new_count) &&
	    literal(&line, " @@");
}

/* What is known while the lines of a hunk are counted. */
struct tally {
	int64_t old, new;		/* lines still to come */
	size_t n, begun;
	bool old_ended, new_ended;	/* by a line without an end */
	bool changes, crlf;
};

/* ' ', '-', '+' or '\\'; 0 for a line that is none of a hunk.  Editors strip
 * the blank of an empty context line. */
static char
sign_of(struct str line)
{
	if (line_body(line).len == 0)
		return ' ';
	return strchr(" -+\\", line.p[0]) ? line.p[0] : 0;
}

static int
count_open(const struct cursor *c, const struct cursor *before,
    struct tally *t, struct err *e)
{
	char sign = t->n ? sign_of(before->line) : '\\';

	if (sign == '\\' || before->line.len < (t->crlf ? 4u : 3u))
		return err_set(e, ERR_BAD_PATCH, "line %zu of the patch: there "
		    "is no line before it that could lack its line end",
		    c->at);
	t->old_ended = t->old_ended || sign != '+';
	t->new_ended = t->new_ended || sign != '-';
	return 0;
}

static int
count_line(const struct cursor *c, struct tally *t, struct err *e)
{
	char sign = sign_of(c->line);

	if (sign == 0)
		return err_set(e, ERR_BAD_PATCH, "line %zu of the patch: the "
		    "hunk of line %zu breaks off here, but its header counts "
		    "%lld old and %lld new lines more", c->at, t->begun,
		    (long long)t->old, (long long)t->new);
	t->old -= sign != '+';
	t->new -= sign != '-';
	t->changes = t->changes || sign != ' ';
	t->n++;
	if (t->old < 0 || t->new < 0)
		return err_set(e, ERR_BAD_PATCH, "line %zu of the patch: the "
		    "hunk of line %zu has more '%c' lines than its header "
		    "counts", c->at, t->begun, sign);
	if ((sign != '+' && t->old_ended) || (sign != '-' && t->new_ended))
		return err_set(e, ERR_BAD_PATCH, "line %zu of the patch: no "
		    "line can follow the one that has no line end", c->at);
	return 0;
}

static int
count_lines(struct cursor *c, struct tally *t, struct err *e)
{
	struct cursor before = *c;

	for (cursor_step(c); t->old || t->new ||
	    (c->line.p && c->line.p[0] == '\\'); cursor_step(c)) {
		int rc;

		if (!c->line.p)
			return err_set(e, ERR_BAD_PATCH, "line %zu of the "
			    "patch: its hunk is cut off at the end of the "
			    "text, with %lld old and %lld new lines to come",
			    t->begun, (long long)t->old, (long long)t->new);
		if (sign_of(c->line) == '\\')
			rc = count_open(c, &before, t, e);
		else
			rc = count_line(c, t, e);
		if (rc != 0)
			return -1;
		before = *c;
	}
	return 0;
}

/* The last line of the text gets the line end that its others have. */
static struct str
ended(struct arena *a, struct str s, bool crlf)
{
	bool cr = crlf && !str_ends(s, STR("\r"));
	char *copy = arena_alloc(a, s.len + 2);

	if (s.len)
		memcpy(copy, s.p, s.len);
	memcpy(copy + s.len, cr ? "\r\n" : "\n", 1 + cr);
	return str_n(copy, s.len + 1 + cr);
}

static void
fill(struct arena *a, struct cursor c, bool crlf, struct patch_hunk *h)
{
	for (size_t i = 0; i < h->n; i++) {
		struct patch_line *l = &h->lines[i];
		bool bare;

		cursor_step(&c);
		if (str_starts(c.line, STR("\\")))
			cursor_step(&c);
		bare = line_body(c.line).len == 0;
		l->sign = sign_of(c.line);
		l->text = bare ? c.line :
		    str_n(c.line.p + 1, c.line.len - 1);
		if (!line_has_end(c.line))
			l->text = ended(a, l->text, crlf);
		else if (c.line.p + c.line.len != c.end)
			l->open = c.line.p[c.line.len] == '\\';
		if (l->open) {
			l->text.len--;
			if (crlf && str_ends(l->text, STR("\r")))
				l->text.len--;
		}
	}
}

int
hunk_read(struct arena *a, struct cursor *c, struct patch_hunk *h,
    struct hunk_range *r, struct err *e)
{
	struct cursor header = *c;
	struct tally t = { .begun = c->at,
	    .crlf = str_ends(c->line, STR("\r\n")) };

	if (!hunk_range_read(c->line, r))
		return err_set(e, ERR_BAD_PATCH, "line %zu of the patch: this "
		    "is no hunk header; write @@ -LINE,COUNT +LINE,COUNT @@, "
		    "lines from 1%s", c->at, line_starts(c->line, "@@@") ?
		    " (a combined diff has to be made against one parent)" :
		    "");
	t.old = r->old_count;
	t.new = r->new_count;
	if (count_lines(c, &t, e) != 0)
		return -1;
	r->old_ended = t.old_ended;
	if (!t.changes)
		return err_set(e, ERR_BAD_PATCH, "line %zu of the patch: the "
		    "hunk changes nothing", t.begun);
	*h = (struct patch_hunk){ .old_line = r->old_line,
	    .new_line = r->new_line, .n = t.n, .at = t.begun,
	    .lines = arena_array_of(a, struct patch_line, t.n) };
	fill(a, header, t.crlf, h);
	return 0;
}
