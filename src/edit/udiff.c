#include "edit/udiff.h"

/* One hunk, lines counted from 0 in the old text. */
struct diff_hunk {
	size_t first;			/* where the change begins */
	size_t removed, added, skip;	/* skip: lines of added left out in front */
	size_t carried;			/* lines after it that are both */
	bool bom, bare_old, bare_new;	/* bare: nothing but the mark is there */
};

static bool
needs_quotes(struct str path)
{
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.p[i] < 0x20 || path.p[i] == '"' ||
		    path.p[i] == '\\' || path.p[i] == 0x7f)
			return true;
	return false;
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

static void
put_header(struct buf *out, const struct udiff *u, bool sides)
{
	unsigned mode = u->mode & 0100 ? 0100755 : 0100644;
	/* Without sides these names are all there is, and patch(1) ends them at
	 * a blank. */
	bool quoted = needs_quotes(u->path) ||
	    (!sides && str_has(u->path, ' '));

	buf_adds(out, "diff --git ");
	put_name(out, "a/", u->path, quoted);
	buf_addc(out, ' ');
	put_name(out, "b/", u->path, quoted);
	buf_addc(out, '\n');
	if (u->kind == UDIFF_CREATE)
		buf_addf(out, "new file mode %o\n", mode);
	if (u->kind == UDIFF_DELETE)
		buf_addf(out, "deleted file mode %o\n", mode);
	if (!sides)
		return;
	put_side(out, "--- ", u->kind == UDIFF_CREATE ? NULL : "a/", u->path);
	put_side(out, "+++ ", u->kind == UDIFF_DELETE ? NULL : "b/", u->path);
}

static void
put_line(struct buf *out, char sign, bool bom, struct str line)
{
	buf_addc(out, sign);
	if (bom)
		buf_add(out, text_bom);
	buf_add(out, line);
	if (line_is_open(line))
		buf_adds(out, "\n\\ No newline at end of file\n");
}

/* Drop what is the same at both ends of the change. */
static struct diff_hunk
trim(const struct udiff *u)
{
	const struct splice *s = &u->splice;
	struct diff_hunk h = { .first = s->first, .removed = s->removed,
	    .added = s->added->n, .bom = u->doc->bom };
	struct doc_at at = doc_seek(u->doc, s->first);

	while (h.removed && h.added && str_eq(doc_next(&at),
	    lines_slice(s->added, h.skip, 1))) {
		h.first++;
		h.skip++;
		h.removed--;
		h.added--;
	}
	while (h.removed && h.added) {
		size_t last = h.first + h.removed - 1;
		size_t run = 0, max;

		/* looking lines up from behind in strides, each in one walk */
		max = h.removed < h.added ? h.removed : h.added;
		max = max < 64 ? max : 64;
		at = doc_seek(u->doc, last + 1 - max);
		for (size_t i = 0; i < max; i++)
			run = str_eq(doc_next(&at), lines_slice(s->added,
			    h.skip + h.added - max + i, 1)) ? run + 1 : 0;
		h.removed -= run;
		h.added -= run;
		if (run < max)
			break;
	}
	return h;
}

/* A mark moves from one line to another when line 1 comes or goes. */
static void
carry_bom(const struct udiff *u, struct diff_hunk *h)
{
	h->bom = h->bom && h->first == 0;
	if (!h->bom || (h->removed && h->added))
		return;
	if (u->doc->n_lines > h->removed) {
		h->carried = 1;
	} else {
		h->bare_old = !h->removed;
		h->bare_new = !h->added;
	}
}

static void
put_range(struct buf *out, char sign, size_t first, size_t n)
{
	buf_addf(out, " %c%zu,%zu", sign, n ? first + 1 : first, n);
}

static void
put_hunk(struct buf *out, struct udiff *u, const struct diff_hunk *h)
{
	size_t before = h->first < UDIFF_CONTEXT ? h->first : UDIFF_CONTEXT;
	size_t gone = h->removed + h->carried + h->bare_old;
	size_t come = h->added + h->carried + h->bare_new;
	size_t after = u->doc->n_lines - h->first - h->removed - h->carried;
	struct doc_at at = doc_seek(u->doc, h->first - before);
	bool top = u->doc->bom;
	struct str carried = STR("");

	if (after > UDIFF_CONTEXT)
		after = UDIFF_CONTEXT;
	buf_adds(out, "@@");
	put_range(out, '-', h->first - before, before + gone + after);
	put_range(out, '+', h->first - before, before + come + after);
	buf_adds(out, " @@\n");
	for (size_t i = h->first - before; i < h->first; i++)
		put_line(out, ' ', top && i == 0, doc_next(&at));
	for (size_t i = 0; i < h->removed; i++)
		put_line(out, '-', h->bom && i == 0, doc_next(&at));
	if (h->carried)
		carried = doc_next(&at);
	if (h->carried || h->bare_old)
		put_line(out, '-', h->bom && !h->removed, carried);
	for (size_t i = 0; i < h->added; i++)
		put_line(out, '+', h->bom && i == 0,
		    lines_slice(u->splice.added, h->skip + i, 1));
	if (h->carried || h->bare_new)
		put_line(out, '+', h->bom && !h->added, carried);
	while (after--)
		put_line(out, ' ', false, doc_next(&at));
	u->removed = (int64_t)gone;
	u->added = (int64_t)come;
}

static void
put_whole(struct buf *out, struct udiff *u)
{
	const struct doc *d = u->doc;
	bool new = u->kind == UDIFF_CREATE;
	/* a text of nothing but a mark is one line to everyone else */
	size_t n = d->n_lines ? d->n_lines : d->bom;
	struct doc_at at = doc_seek(d, 0);

	put_header(out, u, n != 0);
	u->added = new ? (int64_t)n : 0;
	u->removed = new ? 0 : (int64_t)n;
	if (!n)
		return;
	buf_adds(out, "@@");
	put_range(out, '-', 0, new ? 0 : n);
	put_range(out, '+', 0, new ? n : 0);
	buf_adds(out, " @@\n");
	for (size_t i = 0; i < n; i++)
		put_line(out, new ? '+' : '-', d->bom && i == 0, doc_next(&at));
}

void
udiff_write(struct buf *out, struct udiff *u)
{
	struct diff_hunk h;

	if (u->kind != UDIFF_CHANGE) {
		put_whole(out, u);
		return;
	}
	u->added = u->removed = 0;
	h = trim(u);
	if (!h.removed && !h.added)
		return;
	carry_bom(u, &h);
	put_header(out, u, true);
	put_hunk(out, u, &h);
}
