/* What is read from a diff, written as a diff, reads the same. */
#include "fuzz.h"

static void
put_name(struct buf *out, const char *prefix, struct str name)
{
	buf_addf(out, "\"%s", prefix);
	for (size_t i = 0; i < name.len; i++)
		buf_addf(out, "\\%03o", (unsigned)(unsigned char)name.p[i]);
	buf_addc(out, '"');
}

static void
put_side(struct buf *out, const char *mark, const char *prefix,
    struct str name)
{
	buf_adds(out, mark);
	if (prefix)
		put_name(out, prefix, name);
	else
		buf_adds(out, "/dev/null");
	buf_addc(out, '\n');
}

static void
put_header(struct buf *out, const struct patch_section *s)
{
	struct str to = s->to.p ? s->to : s->path;

	buf_adds(out, "diff --git ");
	put_name(out, "a/", s->path);
	buf_addc(out, ' ');
	put_name(out, "b/", to);
	buf_addc(out, '\n');
	if (s->kind == SECTION_CREATE && s->mode >= 0)
		buf_addf(out, "new file mode 100%o\n", (unsigned)s->mode);
	if (s->kind == SECTION_CHANGE && s->mode >= 0)
		buf_addf(out, "old mode 100644\nnew mode 100%o\n",
		    (unsigned)s->mode);
	if (s->kind == SECTION_DELETE)
		buf_adds(out, "deleted file mode 100644\n");
	if (s->to.p) {
		put_side(out, "rename from ", "", s->path);
		put_side(out, "rename to ", "", to);
	}
	if (!s->n)
		return;
	put_side(out, "--- ", s->kind == SECTION_CREATE ? NULL : "a/",
	    s->path);
	put_side(out, "+++ ", s->kind == SECTION_DELETE ? NULL : "b/", to);
}

static void
put_hunk(struct buf *out, const struct patch_hunk *h)
{
	size_t old = 0, new = 0;

	for (size_t i = 0; i < h->n; i++) {
		old += h->lines[i].sign != '+';
		new += h->lines[i].sign != '-';
	}
	buf_addf(out, "@@ -%lld,%zu +%lld,%zu @@\n", (long long)h->old_line,
	    old, (long long)h->new_line, new);
	for (size_t i = 0; i < h->n; i++) {
		buf_addc(out, h->lines[i].sign);
		buf_add(out, h->lines[i].text);
		if (h->lines[i].open)
			buf_adds(out, "\n\\ No newline at end of file\n");
	}
}

static void
check_again(struct arena *a, const struct patchset *set)
{
	struct buf out = BUF_INIT(MIB(16));
	struct patchset again;
	struct err e = { 0 };

	for (size_t i = 0; i < set->n; i++) {
		put_header(&out, &set->sections[i]);
		for (size_t k = 0; k < set->sections[i].n; k++)
			put_hunk(&out, &set->sections[i].hunks[k]);
	}
	need(!out.full);
	need(unified_read(a, buf_str(&out), STR_NONE, &again, &e) == 0);
	need(same_patchset(set, &again));
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str text = str_n((const char *)data, len);
	struct arena *a = arena_new();
	struct patchset set;
	struct err e = { 0 };

	if (unified_read(a, text, STR_NONE, &set, &e) == 0) {
		need(set.n);
		need_lines(&set);
		check_again(a, &set);
	} else {
		need_refusal(&e);
	}
	if (unified_read(a, text, STR("x"), &set, &e) == 0)
		need(set.n == 1 && str_is(set.sections[0].path, "x"));
	arena_free(a);
	return 0;
}
