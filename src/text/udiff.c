#include "text/udiff.h"

/* Lines that become others: bytes from..to of the doc, whole lines. */
struct change {
	size_t from, to;
	struct str come;
	size_t line;			/* of from, counted from 0 */
	size_t n_gone, n_come;		/* lines */
};

struct changes {
	struct change *c;
	size_t n;
};

static bool
needs_quotes(struct str path)
{
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.p[i] < 0x20 || path.p[i] == '"' ||
		    path.p[i] == '\\' || path.p[i] == 0x7f)
			return true;
	/* patch(1) would take a blank at the end for what follows the name */
	return str_ends(path, STR(" "));
}

/* A name as git quotes it with core.quotePath off; "a/" or "b/" in front. */
static void
put_name(struct buf *out, const char *prefix, struct str path, bool quoted)
{
	if (quoted)
		buf_addc(out, '"');
	buf_adds(out, prefix);
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if (quoted && (c == '"' || c == '\\'))
			buf_addf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_addf(out, "\\%03o", (unsigned)c);
		else
			buf_addc(out, (char)c);
	}
	if (quoted)
		buf_addc(out, '"');
}

/* "--- a/name", with the tab that ends a name with blanks in it. */
static void
put_side(struct buf *out, const char *mark, const char *prefix,
    struct str path)
{
	buf_adds(out, mark);
	if (!prefix) {
		buf_adds(out, "/dev/null\n");
		return;
	}
	put_name(out, prefix, path, needs_quotes(path));
	buf_adds(out, str_has(path, ' ') && !needs_quotes(path) ? "\t\n" : "\n");
}

/* Lines as diffs count them: a mark is a part of the first one. */
static size_t
count_lines(struct str s)
{
	return text_count_ends(s) + text_is_open(s);
}

static size_t
line_begin(const struct doc *d, size_t byte)
{
	size_t at = doc_line_begin(d, byte);

	return at == text_bom.len && doc_has_mark(d) ? 0 : at;
}

static bool
ends_line(const struct doc *d, size_t byte)
{
	return byte == 0 || *doc_slice(d, byte - 1, 1).p == '\n';
}

/* Hunks *i and those behind it that edit the same line, as whole lines. */
static struct change
widen(const struct doc *d, const struct script *s, size_t *i)
{
	const struct hunk *h = &s->h[*i];
	struct change c = { .from = ends_line(d, h->from) ? h->from :
	    line_begin(d, h->from) };
	struct joined j = { .a = d->a, .s = STR("") };
	size_t at = c.from;

	if (h->from == text_bom.len)
		c.from = at = line_begin(d, h->from);
	for (;;) {
		size_t end;

		h = &s->h[(*i)++];
		joined_add(&j, doc_slice(d, at, h->from - at));
		joined_add(&j, h->come);
		at = end = h->from + h->gone.len;
		if (!ends_line(d, end) || text_is_open(j.s))
			end = doc_line_end(d, end);
		if (*i < s->n && (s->h[*i].from < end ||
		    (s->h[*i].from == at && at == end)))
			continue;
		joined_add(&j, doc_slice(d, at, end - at));
		c.to = end;
		c.come = j.s;
		return c;
	}
}

/* Drop the lines that are the same at both ends of the change. */
static void
trim(const struct doc *d, struct change *c)
{
	struct str gone = doc_slice(d, c->from, c->to - c->from);
	struct str come = c->come;
	size_t n = 0, max;

	max = gone.len < come.len ? gone.len : come.len;
	while (n < max && gone.p[n] == come.p[n])
		n++;
	/* an open line is not the start of a longer one */
	if (n < gone.len || n < come.len)
		while (n && gone.p[n - 1] != '\n')
			n--;
	gone = str_n(gone.p + n, gone.len - n);
	come = str_n(come.p + n, come.len - n);
	c->from += n;
	max = gone.len < come.len ? gone.len : come.len;
	n = 0;
	while (n < max && gone.p[gone.len - n - 1] == come.p[come.len - n - 1])
		n++;
	/* the common end begins behind a line end of both */
	while (n && !((n == gone.len || gone.p[gone.len - n - 1] == '\n') &&
	    (n == come.len || come.p[come.len - n - 1] == '\n')))
		n--;
	gone.len -= n;
	come.len -= n;
	c->to = c->from + gone.len;
	c->come = come;
	c->n_gone = count_lines(gone);
	c->n_come = count_lines(come);
}

static struct changes
changes_of(const struct doc *d, const struct script *s)
{
	struct changes out = { arena_array_of(d->a, struct change, s->n + 1),
	    0 };

	for (size_t i = 0; i < s->n;) {
		struct change c = widen(d, s, &i);

		trim(d, &c);
		if (c.n_gone || c.n_come) {
			c.line = doc_line_at(d, c.from);
			out.c[out.n++] = c;
		}
	}
	return out;
}

static void
put_modes(struct buf *out, const struct udiff *u)
{
	unsigned before = u->mode & 0100 ? 0100755 : 0100644;
	unsigned after = u->new_mode & 0100 ? 0100755 : 0100644;

	if (u->kind == UDIFF_CREATE)
		buf_addf(out, "new file mode %o\n", after);
	else if (u->kind == UDIFF_DELETE)
		buf_addf(out, "deleted file mode %o\n", before);
	else if (before != after)
		buf_addf(out, "old mode %o\nnew mode %o\n", before, after);
}

static void
put_rename(struct buf *out, const struct udiff *u, bool same)
{
	if (same)
		buf_adds(out, "similarity index 100%\n");
	buf_adds(out, "rename from ");
	put_name(out, "", u->path, needs_quotes(u->path));
	buf_adds(out, "\nrename to ");
	put_name(out, "", u->to, needs_quotes(u->to));
	buf_addc(out, '\n');
}

static void
put_header(struct buf *out, const struct udiff *u, bool sides)
{
	struct str to = u->kind == UDIFF_MOVE ? u->to : u->path;
	/* Without sides these names are all there is, and patch(1) ends them at
	 * a blank. */
	bool blank = !sides && (str_has(u->path, ' ') || str_has(to, ' '));
	bool quoted = needs_quotes(u->path) || needs_quotes(to) || blank;

	buf_adds(out, "diff --git ");
	put_name(out, "a/", u->path, quoted);
	buf_addc(out, ' ');
	put_name(out, "b/", to, quoted);
	buf_addc(out, '\n');
	put_modes(out, u);
	if (u->kind == UDIFF_MOVE)
		put_rename(out, u, !sides);
	if (!sides)
		return;
	put_side(out, "--- ", u->kind == UDIFF_CREATE ? NULL : "a/", u->path);
	put_side(out, "+++ ", u->kind == UDIFF_DELETE ? NULL : "b/", to);
}

static void
put_line(struct buf *out, char sign, struct str line)
{
	buf_addc(out, sign);
	buf_add(out, line);
	if (text_is_open(line))
		buf_adds(out, "\n\\ No newline at end of file\n");
}

static void
put_lines(struct buf *out, char sign, struct str s)
{
	while (s.len) {
		size_t end = text_find_end(s, 0);

		end += end < s.len;
		put_line(out, sign, str_n(s.p, end));
		s = str_n(s.p + end, s.len - end);
	}
}

static void
put_range(struct buf *out, char sign, size_t first, size_t n)
{
	buf_addf(out, " %c%zu,%zu", sign, n ? first + 1 : first, n);
}

/* The first byte of a line as diffs count them. */
static size_t
line_byte(const struct doc *d, size_t line)
{
	return line ? doc_line_start(d, line) : 0;
}

/* Changes first..last-1, which share their context. */
static void
put_hunk(struct buf *out, const struct doc *d, const struct changes *all,
    size_t first, size_t last, size_t lines, int64_t grown)
{
	const struct change *c = &all->c[first], *end = &all->c[last - 1];
	size_t before = c->line < UDIFF_CONTEXT ? c->line : UDIFF_CONTEXT;
	size_t after = lines - end->line - end->n_gone;
	size_t top = c->line - before, old, new, at = line_byte(d, top), stop;

	after = after < UDIFF_CONTEXT ? after : UDIFF_CONTEXT;
	old = new = end->line + end->n_gone + after - top;
	for (size_t i = first; i < last; i++)
		new += all->c[i].n_come - all->c[i].n_gone;
	buf_adds(out, "@@");
	put_range(out, '-', top, old);
	put_range(out, '+', (size_t)((int64_t)top + grown), new);
	buf_adds(out, " @@\n");
	for (; c <= end; c++) {
		put_lines(out, ' ', doc_slice(d, at, c->from - at));
		put_lines(out, '-', doc_slice(d, c->from, c->to - c->from));
		put_lines(out, '+', c->come);
		at = c->to;
	}
	stop = line_byte(d, end->line + end->n_gone + after);
	put_lines(out, ' ', doc_slice(d, at, stop > at ? stop - at : 0));
}

static void
put_changes(struct buf *out, struct udiff *u, const struct changes *all)
{
	size_t lines = u->doc->ends + (u->doc->bytes &&
	    !ends_line(u->doc, u->doc->bytes));
	int64_t grown = 0;

	for (size_t i = 0; i < all->n;) {
		size_t last = i + 1;
		int64_t more = 0;

		while (last < all->n && all->c[last].line <=
		    all->c[last - 1].line + all->c[last - 1].n_gone +
		    2 * UDIFF_CONTEXT)
			last++;
		put_hunk(out, u->doc, all, i, last, lines, grown);
		for (; i < last; i++) {
			u->added += (int64_t)all->c[i].n_come;
			u->removed += (int64_t)all->c[i].n_gone;
			more += (int64_t)all->c[i].n_come -
			    (int64_t)all->c[i].n_gone;
		}
		grown += more;
	}
}

static void
put_whole(struct buf *out, struct udiff *u)
{
	struct str all = doc_bytes(u->doc);
	bool new = u->kind == UDIFF_CREATE;
	size_t n = count_lines(all);

	put_header(out, u, n != 0);
	u->added = new ? (int64_t)n : 0;
	u->removed = new ? 0 : (int64_t)n;
	if (!n)
		return;
	buf_adds(out, "@@");
	put_range(out, '-', 0, new ? 0 : n);
	put_range(out, '+', 0, new ? n : 0);
	buf_adds(out, " @@\n");
	put_lines(out, new ? '+' : '-', all);
}

void
udiff_write(struct buf *out, struct udiff *u)
{
	struct changes all;

	u->added = u->removed = 0;
	if (u->kind == UDIFF_CREATE || u->kind == UDIFF_DELETE) {
		put_whole(out, u);
		return;
	}
	all = changes_of(u->doc, u->script);
	if (all.n || u->kind == UDIFF_MOVE ||
	    ((u->mode ^ u->new_mode) & 0100))
		put_header(out, u, all.n != 0);
	put_changes(out, u, &all);
}
