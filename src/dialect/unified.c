/* Sections of unified diffs: what stands above their hunks, and whether all of
 * it tells one story. */
#include "dialect/diff_name.h"
#include "dialect/patchset_build.h"
#include "dialect/unified_hunk.h"

struct reader {
	struct arena *a;
	struct cursor c;
	struct str file;
	struct patchset *out;
	struct err *e;
};

/* What the headers of one section say. */
struct heading {
	struct str git_old, git_new;	/* of "diff --git"; none: unclear */
	struct str old, new;		/* of --- and +++ */
	struct str from, to;		/* of a rename */
	int64_t old_mode, new_mode;	/* -1: not stated */
	bool git, sides, created, deleted;
	bool old_epoch, new_epoch;	/* the time that means "no file" */
};

enum word {
	WORD_OLD_MODE, WORD_NEW_MODE, WORD_NEW_FILE, WORD_DELETED, WORD_FROM,
	WORD_TO, WORD_COPY, WORD_INDEX, WORD_OTHER, WORD_BINARY
};

static const struct {
	const char *text;
	enum word word;
} words[] = {
	{ "old mode ", WORD_OLD_MODE },
	{ "new mode ", WORD_NEW_MODE },
	{ "new file mode ", WORD_NEW_FILE },
	{ "deleted file mode ", WORD_DELETED },
	{ "rename from ", WORD_FROM },
	{ "rename to ", WORD_TO },
	{ "copy from ", WORD_COPY },
	{ "copy to ", WORD_COPY },
	{ "index ", WORD_INDEX },
	{ "similarity index ", WORD_OTHER },
	{ "dissimilarity index ", WORD_OTHER },
	{ "GIT binary patch", WORD_BINARY },
	{ "Binary files ", WORD_BINARY },
};

static int
bad(struct reader *r, size_t at, const char *why)
{
	return err_set(r->e, ERR_BAD_PATCH, "line %zu of the patch: %s", at,
	    why);
}

static int
read_mode(struct reader *r, struct str s, int64_t *mode)
{
	if (str_is(s, "100644"))
		*mode = 0644;
	else if (str_is(s, "100755"))
		*mode = 0755;
	else if (str_is(s, "120000"))
		return bad(r, r->c.at, "symbolic links are not patched");
	else if (str_is(s, "160000"))
		return bad(r, r->c.at, "submodules are not patched");
	else
		return bad(r, r->c.at, "the mode of a file is 100644 or "
		    "100755");
	return 0;
}

static int
read_name(struct reader *r, struct str s, struct str *name)
{
	if (!diff_name_read(r->a, s, name))
		return bad(r, r->c.at, "this is no name of a file");
	return 0;
}

static int
read_word(struct reader *r, struct heading *h, enum word word, struct str s)
{
	int64_t same;

	switch (word) {
	case WORD_OLD_MODE:
		return read_mode(r, s, &h->old_mode);
	case WORD_NEW_MODE:
		return read_mode(r, s, &h->new_mode);
	case WORD_NEW_FILE:
		h->created = true;
		return read_mode(r, s, &h->new_mode);
	case WORD_DELETED:
		h->deleted = true;
		return read_mode(r, s, &h->old_mode);
	case WORD_FROM:
		return read_name(r, s, &h->from);
	case WORD_TO:
		return read_name(r, s, &h->to);
	case WORD_COPY:
		return bad(r, r->c.at, "copies are not made; send the file as "
		    "a new one");
	case WORD_BINARY:
		return bad(r, r->c.at, "binary files are not patched");
	case WORD_INDEX:
		(void)str_cut(&s, ' ');
		return s.p ? read_mode(r, s, &same) : 0;
	case WORD_OTHER:
		break;
	}
	return 0;
}

/* git's own headers, up to the first line that is none. */
static int
read_git(struct reader *r, struct heading *h)
{
	struct str s = line_body(r->c.line);

	h->git = true;
	s = str_n(s.p + strlen("diff --git "), s.len - strlen("diff --git "));
	if (!diff_name_pair(r->a, s, &h->git_old, &h->git_new))
		h->git_old = h->git_new = STR_NONE;
	for (cursor_step(&r->c); r->c.line.p; cursor_step(&r->c)) {
		size_t i = 0;

		while (i < countof(words) &&
		    !line_starts(r->c.line, words[i].text))
			i++;
		if (i == countof(words))
			break;
		s = line_body(r->c.line);
		s = str_n(s.p + strlen(words[i].text),
		    s.len - strlen(words[i].text));
		if (read_word(r, h, words[i].word, s) != 0)
			return -1;
	}
	return 0;
}

static bool
at_sides(const struct reader *r)
{
	struct cursor next = r->c;

	if (!line_starts(next.line, "--- "))
		return false;
	cursor_step(&next);
	return line_starts(next.line, "+++ ");
}

static int
read_side(struct reader *r, struct str *name, bool *epoch)
{
	struct str s = line_body(r->c.line), stamp;

	if (!diff_name_side(r->a, str_n(s.p + 4, s.len - 4), name, &stamp))
		return bad(r, r->c.at, "this is no name of a file");
	/* As GNU diff -N dates what is not there, in any time zone. */
	*epoch = str_starts(stamp, STR("1970-01-01 ")) ||
	    str_starts(stamp, STR("1969-12-31 "));
	cursor_step(&r->c);
	return 0;
}

static bool
is_null(struct str side)
{
	return str_is(side, "/dev/null");
}

/* A line of a hunk that no header counts?  Blank lines may stand between
 * hunks, and "-- " begins the signature of an e-mail. */
static int
check_behind(struct reader *r, size_t begun)
{
	struct str line;

	while (r->c.line.p && line_is_blank(r->c.line))
		cursor_step(&r->c);
	line = r->c.line;
	if (!line.p || !memchr(" +-\\", line.p[0], 4) || at_sides(r) ||
	    str_is(str_trim(line_body(line)), "--"))
		return 0;
	return err_set(r->e, ERR_BAD_PATCH, "line %zu of the patch: the hunk "
	    "of line %zu has more lines than its header counts", r->c.at,
	    begun);
}

static int
read_hunks(struct reader *r, struct patch_section *s)
{
	struct hunk_range range = { 0 };
	int64_t low = 0;		/* the next hunk may begin here */

	while (line_starts(r->c.line, "@@")) {
		struct patch_hunk *h = patchset_add_hunk(r->a, s);
		bool ended = range.old_ended;
		int64_t first;

		if (hunk_read(r->a, &r->c, h, &range, r->e) != 0)
			return -1;
		first = range.old_line + !range.old_count;
		if (ended || first < low)
			return bad(r, h->at, "the hunks of a file go "
			    "from its first line to its last, and none "
			    "overlaps another");
		low = first + range.old_count;
		if (check_behind(r, h->at) != 0)
			return -1;
	}
	return 0;
}

/* The names of --- and +++ belong to what git's headers say. */
static bool
sides_fit(const struct heading *h, const struct patch_section *s)
{
	struct str new = s->to.p ? s->to : s->path;

	return !h->sides || !h->git ||
	    ((is_null(h->old) ? s->kind == SECTION_CREATE :
	    diff_name_means(h->old, s->path)) &&
	    (is_null(h->new) ? s->kind == SECTION_DELETE :
	    diff_name_means(h->new, new)));
}

static struct str
without(struct str side, const char *prefix)
{
	return str_starts(side, str(prefix)) && side.len > strlen(prefix) ?
	    str_n(side.p + strlen(prefix), side.len - strlen(prefix)) : side;
}

/* The one name of a section that renames nothing; STR_NONE when unclear. */
static struct str
name_of(const struct heading *h)
{
	struct str git = STR_NONE;

	if (h->git_old.p)
		git = diff_name_common(h->git_old, h->git_new);
	if (git.p || !h->sides)
		return git;
	if (is_null(h->old))
		return without(h->new, "b/");
	if (is_null(h->new))
		return without(h->old, "a/");
	return diff_name_common(h->old, h->new);
}

/* Only lines of that sign, in at most one hunk. */
static bool
all_of(const struct patch_section *s, char sign)
{
	for (size_t i = 0; s->n && i < s->hunks[0].n; i++)
		if (s->hunks[0].lines[i].sign != sign)
			return false;
	return s->n < 2;
}

static void
set_kind(struct heading *h, struct patch_section *s)
{
	const struct patch_hunk *only = s->n == 1 ? s->hunks : NULL;

	if (h->sides) {
		h->created = h->created || is_null(h->old) || (h->old_epoch &&
		    only && !only->old_line && all_of(s, '+'));
		h->deleted = h->deleted || is_null(h->new) || (h->new_epoch &&
		    only && !only->new_line && all_of(s, '-'));
	}
	if (h->created)
		s->kind = SECTION_CREATE;
	else if (h->deleted)
		s->kind = SECTION_DELETE;
}

static int
set_names(struct reader *r, const struct heading *h, struct patch_section *s)
{
	if (h->from.p || h->to.p) {
		if (!h->from.p || !h->to.p || h->created || h->deleted ||
		    str_eq(h->from, h->to))
			return bad(r, s->at, "a rename has one file in "
			    "\"rename from\", another one in \"rename to\", "
			    "and neither makes nor deletes one");
		s->path = h->from;
		s->to = h->to;
	} else {
		s->path = name_of(h);
	}
	if (!s->path.p)
		return bad(r, s->at, "its headers name two files; name one "
		    "twice, or say \"rename from\" and \"rename to\"");
	if (!sides_fit(h, s))
		return bad(r, s->at, "its headers contradict each other about "
		    "the name of the file");
	return 0;
}

/* Headers and hunks of a section are read; do they make sense together? */
static int
finish(struct reader *r, struct heading *h, struct patch_section *s)
{
	set_kind(h, s);
	if (h->created && h->deleted)
		return bad(r, s->at, "a file cannot be new and deleted in one "
		    "section");
	if (set_names(r, h, s) != 0)
		return -1;
	if (s->kind == SECTION_CREATE && !all_of(s, '+'))
		return bad(r, s->at, "a new file has one hunk of '+' lines");
	if (s->kind == SECTION_DELETE && !all_of(s, '-'))
		return bad(r, s->at, "a deleted file has one hunk of '-' "
		    "lines");
	if (s->kind == SECTION_CHANGE &&
	    (h->old_mode < 0) != (h->new_mode < 0))
		return bad(r, s->at, "a change of mode has \"old mode\" and "
		    "\"new mode\"");
	if (s->kind != SECTION_DELETE)
		s->mode = h->new_mode;
	if (!s->n && (h->sides || (s->kind == SECTION_CHANGE && !s->to.p &&
	    s->mode < 0)))
		return bad(r, s->at, "no hunk and no other change follows "
		    "this header");
	return 0;
}

static int
read_section(struct reader *r)
{
	struct heading h = { .old_mode = -1, .new_mode = -1 };
	struct patch_section *s = patchset_add(r->a, r->out);

	s->at = r->c.at;
	if (line_starts(r->c.line, "diff --git ") && read_git(r, &h) != 0)
		return -1;
	if (at_sides(r)) {
		h.sides = true;
		if (read_side(r, &h.old, &h.old_epoch) != 0 ||
		    read_side(r, &h.new, &h.new_epoch) != 0 ||
		    read_hunks(r, s) != 0)
			return -1;
	}
	return finish(r, &h, s);
}

/* Hunks without headers, of the file that the caller names. */
static int
read_bare(struct reader *r)
{
	struct patch_section *s;

	if (!r->file.p || r->out->n)
		return bad(r, r->c.at, "this hunk has no file; put --- and "
		    "+++ above it");
	s = patchset_add(r->a, r->out);
	s->at = r->c.at;
	s->path = r->file;
	return read_hunks(r, s);
}

/* Text around the sections is skipped, but not what a reader of it would take
 * for a part of the patch. */
static int
read_prose(struct reader *r)
{
	struct str s = line_body(r->c.line);

	if (str_is(s, "GIT binary patch") ||
	    (str_starts(s, STR("Binary files ")) &&
	    str_ends(s, STR(" differ"))))
		return bad(r, r->c.at, "binary files are not patched");
	if (str_starts(s, STR("diff --cc ")) ||
	    str_starts(s, STR("diff --combined ")))
		return bad(r, r->c.at, "a combined diff has to be made "
		    "against one parent");
	cursor_step(&r->c);
	return 0;
}

static int
check_names(struct reader *r)
{
	for (size_t i = 0; r->file.p && i < r->out->n; i++) {
		const struct patch_section *s = &r->out->sections[i];

		if (!str_eq(s->path, r->file))
			return err_set(r->e, ERR_BAD_PATCH, "line %zu of the "
			    "patch: it is for %.*s, but the operation for "
			    "%.*s", s->at, STR_ARG(s->path),
			    STR_ARG(r->file));
	}
	return patchset_names_once(r->a, r->out, r->e);
}

int
unified_read(struct arena *a, struct str text, struct str file,
    struct patchset *out, struct err *e)
{
	struct reader r = { a, cursor_begin(text), file, out, e };

	*out = (struct patchset){ 0 };
	while (r.c.line.p) {
		int rc;

		if (line_starts(r.c.line, "diff --git ") || at_sides(&r))
			rc = read_section(&r);
		else if (line_starts(r.c.line, "@@"))
			rc = read_bare(&r);
		else
			rc = read_prose(&r);
		if (rc != 0)
			return -1;
	}
	if (!out->n)
		return err_set(e, ERR_BAD_PATCH, "line 1 of the patch: there "
		    "is no file in it; a unified diff names one with --- and "
		    "+++");
	return check_names(&r);
}
