/* What is read from an envelope, written as one, reads the same. */
#include "fuzz.h"

static void
put_hunk(struct buf *out, const struct patch_hunk *h, bool new_file)
{
	if (!h->n_headings && !new_file)
		buf_adds(out, "@@\n");
	for (size_t i = 0; i < h->n_headings; i++) {
		buf_adds(out, "@@ ");
		buf_add(out, h->headings[i]);
		buf_adds(out, "\r\n");
	}
	for (size_t i = 0; i < h->n; i++) {
		buf_addc(out, h->lines[i].sign);
		buf_add(out, h->lines[i].text);
	}
	if (h->at_end)
		buf_adds(out, "*** End of File\n");
}

static void
put_marker(struct buf *out, const char *marker, struct str name)
{
	buf_addf(out, "*** %s: ", marker);
	buf_add(out, name);
	buf_adds(out, "\r\n");		/* a name may end in CR */
}

static void
check_again(struct arena *a, const struct patchset *set)
{
	static const char *const markers[] = { "Update File", "Add File",
	    "Delete File" };
	struct buf out = BUF_INIT(MIB(16));
	struct patchset again;
	struct err e = { 0 };

	buf_adds(&out, "*** Begin Patch\n");
	for (size_t i = 0; i < set->n; i++) {
		const struct patch_section *s = &set->sections[i];

		put_marker(&out, markers[s->kind], s->path);
		if (s->to.p)
			put_marker(&out, "Move to", s->to);
		for (size_t k = 0; k < s->n; k++)
			put_hunk(&out, &s->hunks[k],
			    s->kind == SECTION_CREATE);
	}
	buf_adds(&out, "*** End Patch\n");
	need(!out.full);
	need(envelope_read(a, buf_str(&out), &again, &e) == 0);
	need(same_patchset(set, &again));
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	struct patchset set;
	struct err e = { 0 };

	if (envelope_read(a, str_n((const char *)data, len), &set, &e) == 0) {
		need(set.n);
		need_lines(&set);
		check_again(a, &set);
	} else {
		need_refusal(&e);
	}
	arena_free(a);
	return 0;
}
