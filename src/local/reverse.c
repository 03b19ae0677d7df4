#include "local/reverse.h"

#include "base/err.h"

struct reader {
	struct str rest;
	struct buf *out;
	struct buf gone, come;		/* of the run of changes at hand */
	struct str from, mode;		/* header lines whose pair comes next */
	struct str git;			/* the section's first line */
};

static bool
cut_prefix(struct str *line, const char *prefix)
{
	size_t n = strlen(prefix);

	if (!str_starts(*line, str_n(prefix, n)))
		return false;
	line->p += n;
	line->len -= n;
	return true;
}

/* The name of one side as that of the other: a/x for b/x. */
static void
put_name(struct buf *out, const char *sign, struct str name, char side)
{
	size_t at = name.len && name.p[0] == '"';

	buf_adds(out, sign);
	if (name.len > at + 1 && name.p[at + 1] == '/' &&
	    (name.p[at] == 'a' || name.p[at] == 'b')) {
		buf_add(out, str_n(name.p, at));
		buf_addc(out, side);
		at++;
		buf_add(out, str_n(name.p + at, name.len - at));
	} else {
		buf_add(out, name);
	}
	buf_addc(out, '\n');
}

static void
put(struct buf *out, const char *prefix, struct str rest)
{
	buf_adds(out, prefix);
	buf_add(out, rest);
	buf_addc(out, '\n');
}

/* "diff --git a/old b/new" of a section that renames. */
static void
put_git(struct buf *out, struct str from, struct str to)
{
	bool quoted_from = from.len && from.p[0] == '"';
	bool quoted_to = to.len && to.p[0] == '"';

	buf_adds(out, quoted_from ? "diff --git \"a/" : "diff --git a/");
	buf_add(out, str_n(from.p + quoted_from, from.len - quoted_from));
	buf_adds(out, quoted_to ? " \"b/" : " b/");
	buf_add(out, str_n(to.p + quoted_to, to.len - quoted_to));
	buf_addc(out, '\n');
}

/* The section's first line, unless rename lines already made one. */
static void
put_first(struct reader *r)
{
	if (r->git.p)
		put(r->out, "", r->git);
	r->git = STR_NONE;
}

/* One line before the hunks. */
static void
header(struct reader *r, struct str line)
{
	if (cut_prefix(&line, "rename from ")) {
		r->from = line;
		return;
	}
	if (cut_prefix(&line, "rename to ")) {
		struct buf modes = BUF_INIT(KIB(1));

		r->git = STR_NONE;
		put_git(&modes, line, r->from);
		put(r->out, "", str_n(modes.p, modes.len - 1));
		buf_free(&modes);
		put(r->out, "rename from ", line);
		put(r->out, "rename to ", r->from);
		return;
	}
	if (cut_prefix(&line, "old mode ")) {
		r->mode = line;
	} else if (cut_prefix(&line, "new mode ")) {
		put_first(r);
		put(r->out, "old mode ", line);
		put(r->out, "new mode ", r->mode);
	} else if (cut_prefix(&line, "new file mode ")) {
		put_first(r);
		put(r->out, "deleted file mode ", line);
	} else if (cut_prefix(&line, "deleted file mode ")) {
		put_first(r);
		put(r->out, "new file mode ", line);
	} else if (cut_prefix(&line, "--- ")) {
		r->from = line;
	} else if (cut_prefix(&line, "+++ ")) {
		put_first(r);
		put_name(r->out, "--- ", line, 'a');
		put_name(r->out, "+++ ", r->from, 'b');
	}
	/* index and similarity lines are about contents that no longer are */
}

/* "12,3" or "12" at the start of *s: its count of lines; -1: none. */
static int64_t
range(struct str *s, struct str *text)
{
	size_t n = 0;
	struct str count;
	int64_t lines = 1;

	while (n < s->len && (s->p[n] == ',' ||
	    (s->p[n] >= '0' && s->p[n] <= '9')))
		n++;
	*text = str_n(s->p, n);
	s->p += n;
	s->len -= n;
	count = *text;
	str_cut(&count, ',');
	if (n == 0 || (count.p && !str_int(count, &lines)))
		return -1;
	return lines;
}

static void
flush(struct reader *r)
{
	buf_add(r->out, buf_str(&r->gone));
	buf_add(r->out, buf_str(&r->come));
	buf_reset(&r->gone);
	buf_reset(&r->come);
}

/* The lines of a hunk that has old and new lines on its sides. */
static bool
hunk_lines(struct reader *r, int64_t old, int64_t new)
{
	struct buf *last = r->out;

	while (old > 0 || new > 0 || str_starts(r->rest, STR("\\"))) {
		struct str line = str_cut(&r->rest, '\n');
		char sign = line.len ? line.p[0] : ' ';

		if (!line.p)
			return false;
		if (sign == '\\') {
			put(last, "", line);
			continue;
		}
		if (sign == ' ')
			flush(r);
		else if (sign != '-' && sign != '+')
			return false;
		last = sign == '-' ? &r->come : sign == '+' ? &r->gone :
		    r->out;
		old -= sign != '+';
		new -= sign != '-';
		put(last, sign == '-' ? "+" : sign == '+' ? "-" : " ",
		    line.len ? str_n(line.p + 1, line.len - 1) : line);
	}
	flush(r);
	return old == 0 && new == 0;
}

static bool
hunk(struct reader *r, struct str line)
{
	struct str before, after;
	int64_t old, new;

	if (!cut_prefix(&line, "@@ -") || (old = range(&line, &before)) < 0 ||
	    !cut_prefix(&line, " +") || (new = range(&line, &after)) < 0)
		return false;
	buf_addf(r->out, "@@ -%.*s +%.*s%.*s\n", STR_ARG(after),
	    STR_ARG(before), STR_ARG(line));
	return hunk_lines(r, old, new);
}

/* From its "diff --git" to before the next. */
static bool
section(struct reader *r)
{
	r->git = str_cut(&r->rest, '\n');
	r->from = r->mode = STR_NONE;
	while (r->rest.p && r->rest.len &&
	    !str_starts(r->rest, STR("diff --git "))) {
		struct str line = str_cut(&r->rest, '\n');

		if (!str_starts(line, STR("@@ ")))
			header(r, line);
		else if (!hunk(r, line))
			return false;
	}
	put_first(r);
	return true;
}

int
diff_reverse(struct arena *a, struct str diff, struct buf *out,
    struct err *e)
{
	struct reader r = { .rest = diff, .gone = BUF_INIT(DIFF_MAX_BYTES),
	    .come = BUF_INIT(DIFF_MAX_BYTES) };
	struct str *done = NULL;
	size_t n = 0, cap = 0;
	bool fine = true;

	while (fine && r.rest.p && r.rest.len) {
		struct buf one = BUF_INIT(DIFF_MAX_BYTES);

		if (n == cap) {
			struct str *more;

			cap = cap ? 2 * cap : 8;
			more = arena_array_of(a, struct str, cap);
			if (n)
				memcpy(more, done, n * sizeof(*done));
			done = more;
		}
		r.out = &one;
		fine = str_starts(r.rest, STR("diff --git ")) && section(&r) &&
		    !one.full;
		done[n++] = arena_str(a, buf_str(&one));
		buf_free(&one);
	}
	while (fine && n)
		buf_add(out, done[--n]);
	buf_free(&r.gone);
	buf_free(&r.come);
	if (!fine)
		return err_set(e, ERR_BAD_PATCH, "the stored diff is damaged");
	return buf_check(out, "the diff", e);
}
