/* Messages, each up to a NUL, get the same groups whether or not the process
 * was a new one before each of them. */
#include "fuzz.h"

#include "json/json_reader.h"
#include "logs/grouper.h"
#include "logs/mask.h"

/* What a new process would have. */
static struct drain *
again(struct drain *d)
{
	struct drain *next = drain_new(NULL);
	struct err e = { 0 };

	for (int64_t id = 1; id <= (int64_t)drain_count(d); id++) {
		struct drain_row row;

		need(drain_get(d, id, &row));
		need(drain_load(next, &row, &e) == 0);
	}
	need(drain_count(d) == drain_count(next));
	drain_free(d);
	return next;
}

static void
need_mask(struct str message)
{
	struct buf out = BUF_INIT(MIB(1));

	mask_text(&out, message);
	need(out.len <= TEMPLATE_MAX_BYTES);
	for (size_t i = 0; i < out.len; i++)
		need(!strchr("\n\t\r", out.p[i]) || !out.p[i]);
	buf_free(&out);
}

static void
need_json(struct str inputs)
{
	struct arena *a = arena_new();
	struct json_doc *doc;
	struct err e = { 0 };

	need(json_parse(inputs, a, &doc, &e) == 0);
	json_doc_free(doc);
	arena_free(a);
}

/* Give the drain that is used from here on. */
static struct drain *
need_same(struct grouper *g, struct drain *d, struct log_line *l)
{
	struct grouper *new = grouper_new(d);
	struct group_hit one, other;
	struct err e = { 0 };
	int rc = grouper_add(g, l, &one, &e);

	need(rc == grouper_add(new, l, &other, &e));
	if (rc == 0) {
		need(strcmp(one.fp.hex, other.fp.hex) == 0);
		need(one.drain.id == other.drain.id);
		need(one.drain.own_id == other.drain.own_id);
		need(str_eq(one.drain.text, other.drain.text));
		need(one.fp.title.len <= 120);
		need_json(one.fp.inputs);
	} else {
		need(e.kind == ERR_INVALID);
	}
	grouper_free(new);
	return again(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str rest = str_n((const char *)data, len);
	struct drain *once = drain_new(NULL), *often = drain_new(NULL);
	struct grouper *g = grouper_new(once);

	for (int n = 0; rest.len && n < 50; n++) {
		struct log_line l = {
			.kind = n % 7 ? LINE_WORKER : LINE_BUILD,
			.level = LINE_ERROR, .source = STR("push"),
			.worker = STR("api"), .ts = 1
		};

		l.message = str_cut(&rest, '\0');
		need_mask(l.message);
		often = need_same(g, often, &l);
	}
	grouper_free(g);
	drain_free(once);
	drain_free(often);
	return 0;
}
