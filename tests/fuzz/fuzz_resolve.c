/* The first byte tells what is asked for and how, the first line is the name,
 * the rest a text in which it is resolved. */
#include "fuzz.h"

#include "bridge/resolve.h"

static void
check_range(const struct line_range *r, int64_t lines)
{
	need(r->start == 0 || (r->start >= 1 && r->start <= r->end &&
	    r->end <= lines));
}

static void
check_answer(const struct resolve_answer *r, int mode)
{
	need(r->n > 0 && r->first < r->n);
	for (size_t i = 0; i < r->n; i++) {
		const struct resolve_hit *h = &r->hits[i];

		check_range(&h->span, r->lines);
		check_range(&h->inner, r->lines);
		check_range(&h->outer, r->lines);
		need(h->outer.start);
		need(h->insert_before >= 0 && h->insert_before <= r->lines);
		need(!i || r->hits[i - 1].outer.start <= h->outer.start);
	}
	need(mode != RESOLVE_SPAN || r->hits[r->first].span.start);
	need(mode != RESOLVE_INSERT || r->hits[r->first].insert_before);
	need(!r->hits[r->first].span.start !=
	    !r->hits[r->first].insert_before);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str text = str_n((const char *)data, len), name;
	struct resolve_request q = { .file = STR("f") };
	struct arena *a = arena_new();
	struct resolve_answer r = { .file = STR("f") };
	struct err e = { 0 };
	struct str *const asked[] = { &q.marker, &q.anchor, &q.pattern,
	    &q.begin_id };

	if (!len)
		goto out;
	text = str_n(text.p + 1, text.len - 1);
	name = str_cut(&text, '\n');
	if (!text.p)
		text = STR("");
	*asked[data[0] % countof(asked)] = name;
	q.mode = data[0] / countof(asked) % RESOLVE__MAX;
	q.include_markers = data[0] & 0x80;
	if (resolve_check(&q, &e) != 0)
		goto out;
	if (resolve_text(a, text, &q, &r, &e) == 0) {
		struct buf json = BUF_INIT(MIB(64));
		struct json_writer w = JSON_WRITER(&json);

		check_answer(&r, q.mode);
		resolve_encode(&w, &r);
		need(json.len);
		buf_free(&json);
	} else {
		need(e.kind != ERR_NONE && e.at[0] == '/');
	}
out:
	arena_free(a);
	return 0;
}
