/* The first line is a name, the rest a text in which it is looked for. */
#include "fuzz.h"

#include "dialect/marker.h"

static size_t
lines_in(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] == '\n';
	return n + (text.len && text.p[text.len - 1] != '\n');
}

static void
check_hits(const struct marker_hit *hit, size_t n, size_t n_lines)
{
	for (size_t i = 0; i < n; i++) {
		need(hit[i].first <= hit[i].last && hit[i].last < n_lines);
		need(hit[i].closed || hit[i].first == hit[i].last);
		need(!i || hit[i - 1].first <= hit[i].first);
		/* Regions of one name nest, or stand apart. */
		need(!i || !hit[i].closed || !hit[i - 1].closed ||
		    hit[i - 1].last <= hit[i].first ||
		    hit[i].last <= hit[i - 1].last);
	}
}

static void
check_anchors(struct arena *a, struct str text, struct str anchor)
{
	struct str rest = text, line;
	size_t *found, n, k = 0, no = 0;

	anchor_find(a, text, anchor, &found, &n);
	for (; rest.len; no++) {
		bool has, told;

		line = str_cut(&rest, '\n');
		has = str_find(line, anchor) < line.len;
		told = k < n && found[k] == no;
		need(has == told);
		k += told;
	}
	need(k == n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str text = str_n((const char *)data, len), name;
	struct arena *a = arena_new();
	struct marker_hit *hits;
	size_t n;

	name = str_cut(&text, '\n');
	for (int style = MARKER_FINAL_MILE; style <= MARKER_BEGIN_END;
	    style++) {
		marker_find(a, text, (enum marker_style)style, name, &hits,
		    &n);
		check_hits(hits, n, lines_in(text));
	}
	if (name.len && text.len)
		check_anchors(a, text, name);
	arena_free(a);
	return 0;
}
