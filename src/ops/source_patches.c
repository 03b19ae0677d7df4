#include "ops/read.h"

#include "model/patch_event.h"
#include "store/event_store.h"

#define PAGE_ROWS 500

/* The last event that was looked at; its number means something within one
 * epoch only. */
struct place {
	struct str epoch;
	int64_t seq;
};
#define P struct place
static const struct field place_fields[] = {
	F_STR(P, epoch, "epoch", FIELD_REQUIRED, 1, NAME_MAX_BYTES, FMT_NAME, "Of the database."),
	F_INT(P, seq, "seq", FIELD_REQUIRED, 0, INT64_MAX, 0, "Of the event."),
	F_END
};
static const struct contract place_contract = {
	.name = "PatchesCursor", .size = sizeof(P), .fields = place_fields,
	.doc = "How far the events were read.",
};

/* The last event before that time: there are no gaps, and times grow (but for
 * those of a clock that was set back). */
static int
seq_before(struct db *db, struct arena *a, int64_t ms, int64_t *out,
    struct err *e)
{
	int64_t low, high;
	struct event ev;

	if (event_store_oldest(db, &low, e) != 0 ||
	    event_store_given(db, &high, e) != 0)
		return -1;
	*out = high;
	if (low == 0)
		return 0;
	while (low <= high) {
		int64_t middle = low + (high - low) / 2;
		int rc = event_store_get(db, a, middle, &ev, e);

		if (rc < 0)
			return -1;
		if (rc > 0 && ev.ts_ms < ms)
			low = middle + 1;
		else
			high = middle - 1;
	}
	*out = low - 1;
	return 0;
}

static struct str
meta_of(struct arena *a, const struct patch_event *p)
{
	const struct {
		const char *key;
		struct str value;
	} rows[] = {
		{ "patch_id", p->patch_id }, { "batch_id", p->batch_id },
		{ "order_id", p->order_id }, { "task_id", p->task_id },
		{ "workspace", p->workspace }, { "file", p->file },
		{ "op", p->op }, { "code", p->code }, { "at", p->at },
	};
	struct buf out = BUF_INIT(META_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct str made;

	json_object_open(&w);
	for (size_t i = 0; i < countof(rows); i++)
		if (rows[i].value.len) {
			json_key(&w, rows[i].key);
			json_put_str(&w, rows[i].value);
		}
	json_object_close(&w);
	made = arena_str(a, buf_str(&out));
	buf_free(&out);
	return made;
}

static int
give(struct arena *a, const struct event *ev, struct line_sink *to,
    struct err *e)
{
	struct patch_event p;
	struct log_line l;
	struct str why;

	if (patch_event_unpack(a, ev, &p, e) != 0)
		return -1;
	if (str_is(p.status, "dry_run"))
		return 0;
	why = p.error.len ? p.error : p.code.len ? p.code :
	    STR("no reason is known");
	l = (struct log_line){
		.kind = LINE_WORKER, .level = LINE_ERROR,
		.source = STR("patches"), .ts = ev->ts_ms,
		.worker = p.requester.len ? p.requester : STR("unknown"),
		.error_type = str_some(p.code), .meta = meta_of(a, &p),
		.id = arena_fmt(a, "%.*s:%lld", STR_ARG(p.patch_id),
		    (long long)ev->seq),
		.message = arena_fmt(a, "%.*s %.*s failed: %.*s",
		    STR_ARG(p.op.len ? p.op : STR("patch")), STR_ARG(p.file),
		    STR_ARG(why)),
	};
	return line_sink_put(to, &l, e);
}

static int
start(struct source_run *r, struct arena *a, struct place *p, struct err *e)
{
	struct str epoch = db_epoch(r->o->g->db);

	if (read_cursor(r, &place_contract, p) && str_eq(p->epoch, epoch))
		return 0;
	p->epoch = arena_str(r->a, epoch);
	return seq_before(r->o->g->db, a, r->from_ms, &p->seq, e);
}

int
read_patches(struct source_run *r, struct err *e)
{
	struct arena *a = arena_new();
	struct line_sink to = read_sink(r);
	struct event *rows;
	struct place p;
	size_t n = PAGE_ROWS;
	int rc = start(r, a, &p, e);

	while (rc == 0 && n == PAGE_ROWS) {
		arena_reset(a);
		rc = event_store_since(r->o->g->db, a, p.seq, PAGE_ROWS,
		    &rows, &n, e);
		for (size_t i = 0; rc == 0 && i < n; i++)
			if (rows[i].type == EVENT_PATCH_FAILED)
				rc = give(a, &rows[i], &to, e);
		if (rc == 0 && n) {
			p.seq = rows[n - 1].seq;
			read_cursor_set(r, &place_contract, &p);
		}
	}
	arena_free(a);
	return rc;
}
