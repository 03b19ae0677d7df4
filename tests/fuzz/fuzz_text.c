/* What stands before the first byte 0x1f is a text, the rest is what it becomes:
 * the difference is a script, its diff can be read again and makes the one of
 * the other; a script is undone, packed and carried. */
#include "fuzz.h"

#include "text/differ.h"
#include "text/match.h"
#include "text/udiff.h"

/* The bytes of n lines, from a place in the text on. */
static size_t
skip_lines(struct str text, size_t at, size_t n)
{
	while (n-- && at < text.len) {
		size_t end = text_find_end(str_n(text.p + at, text.len - at),
		    0);

		at += end;
		at += at < text.len;
	}
	return at;
}

/* The naive way: copy up to each hunk, then do what its lines say. */
static struct str
apply_section(struct arena *a, const struct patch_section *sec, struct str text)
{
	struct joined out = { .a = a, .s = STR("") };
	size_t at = 0, line = 0;

	for (size_t i = 0; i < sec->n; i++) {
		const struct patch_hunk *h = &sec->hunks[i];
		bool adds_only = true;
		size_t first, to;

		for (size_t k = 0; k < h->n; k++)
			adds_only = adds_only && h->lines[k].sign == '+';
		first = (size_t)h->old_line - !adds_only;
		to = skip_lines(text, at, first - line);
		joined_add(&out, str_n(text.p + at, to - at));
		at = to;
		line = first;
		for (size_t k = 0; k < h->n; k++) {
			struct str s = h->lines[k].text;

			if (h->lines[k].sign != '-')
				joined_add(&out, s);
			if (h->lines[k].sign == '+')
				continue;
			need(s.len <= text.len - at &&
			    memcmp(s.p, text.p + at, s.len) == 0);
			at += s.len;
			line++;
		}
	}
	joined_add(&out, str_n(text.p + at, text.len - at));
	return out.s;
}

static void
check_diff(struct arena *a, const struct lines *before, struct str after,
    const struct script *s)
{
	struct buf text = BUF_INIT(MIB(16));
	struct err e = { 0 };
	struct patchset set;
	struct doc doc;
	struct udiff u = { .path = STR("f"), .doc = &doc, .script = s,
	    .mode = 0644, .new_mode = 0644 };

	doc_load(&doc, a, before);
	udiff_write(&text, &u);
	need(!text.len == str_eq(before->text, after));
	if (text.len) {
		need(unified_read(a, buf_str(&text), STR_NONE, &set, &e) == 0);
		need(set.n == 1 && set.sections[0].kind == SECTION_CHANGE);
		need(str_eq(apply_section(a, &set.sections[0], before->text),
		    after));
	}
	doc_apply(&doc, s);
	need(str_eq(doc_bytes(&doc), after));
	need(doc_lines(&doc) == 0 || doc_line_start(&doc, doc_lines(&doc)) ==
	    after.len);
	buf_free(&text);
}

static void
check_script(struct arena *a, const struct script *s, struct str before,
    struct str after)
{
	struct buf packed = BUF_INIT(MIB(16));
	struct script back = script_inverse(a, s), kept;

	need(script_fits(s, before));
	need(str_eq(script_apply(a, s, before), after));
	need(str_eq(script_apply(a, &back, after), before));
	script_pack(s, &packed);
	need(script_unpack(a, buf_str(&packed), &kept));
	back = script_inverse(a, &kept);
	need(str_eq(script_apply(a, &back, after), before));
	buf_free(&packed);
}

static void
check_matches(struct arena *a, struct str text, struct str needle)
{
	struct matches m;

	match_find(a, text, needle, MATCH_ANYWHERE, &m);
	need(!m.n == (m.kind == MATCH_NONE));
	for (size_t i = 0; i < m.n; i++) {
		need(m.m[i].from < m.m[i].to && m.m[i].to <= text.len);
		need(!i || m.m[i].from >= m.m[i - 1].to);
		need(m.kind != MATCH_EXACT || str_eq(needle, str_n(text.p +
		    m.m[i].from, m.m[i].to - m.m[i].from)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str after = str_n((const char *)data, len), before;
	struct arena *a = arena_new();
	struct lines x, y;
	struct script s;

	before = str_cut(&after, 0x1f);
	if (!after.p)
		after = STR("");
	lines_of(a, before, &x);
	lines_of(a, after, &y);
	s = differ(a, &x, &y);
	check_script(a, &s, before, after);
	check_diff(a, &x, after, &s);
	if (after.len)
		check_matches(a, before, after);
	/* any bytes may stand where a script is kept */
	script_unpack(a, after, &s);
	arena_free(a);
	return 0;
}
