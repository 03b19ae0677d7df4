/* list, show, diff: what happened. */
#include <stdio.h>

#include "base/clock.h"
#include "local/trail.h"
#include "patchctl/fields.h"
#include "patchctl/show.h"
#include "patchctl/target.h"

static void
log_line(struct arena *a, const struct patch_event *p)
{
	printf("%s  ", clock_text(a, p->ts_ms).p);
	show_event(stdout, p);
}

/* The answer of GET /api/patches/logs. */
static void
list_json(const struct patch_event *rows, size_t n, size_t total,
    const struct log_query *q)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	bool more = total > (size_t)q->offset + n;

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "results");
	json_array_open(&w);
	for (size_t i = 0; i < n; i++)
		contract_encode(&patch_log_contract, &rows[i], &w);
	json_array_close(&w);
	json_key(&w, "pagination");
	json_object_open(&w);
	json_key(&w, "limit");
	json_put_int(&w, q->limit);
	json_key(&w, "offset");
	json_put_int(&w, q->offset);
	json_key(&w, "has_more");
	json_put_bool(&w, more);
	if (q->count == LOG_COUNT_EXACT) {
		json_key(&w, "total");
		json_put_int(&w, (int64_t)total);
	}
	json_object_close(&w);
	json_object_close(&w);
	puts(out.p);
	buf_free(&out);
}

static void
say_total(int64_t total)
{
	fprintf(stderr, "patchctl: %lld in all\n", (long long)total);
}

static int
list_here(struct command_line *l, const struct target *t,
    const struct log_query *q, struct err *e)
{
	struct patch_event *rows;
	struct local here;
	size_t n, total;
	int rc;

	if (q->cursor.p)
		return err_set(e, ERR_USAGE,
		    "--cursor is for a server; use --offset");
	rc = target_open(l, t, LOCAL_LOOK, &here, e);
	if (rc == 0)
		rc = trail_select(&here, q, &rows, &n, &total, e);
	local_close(&here);
	if (rc != 0)
		return -1;
	if (l->json)
		list_json(rows, n, total, q);
	else
		for (size_t i = 0; i < n; i++)
			log_line(l->a, &rows[i]);
	if (!l->json && q->count == LOG_COUNT_EXACT)
		say_total((int64_t)total);
	return 0;
}

/* A row of the server's log, as far as it is shown. */
static struct patch_event
row_read(struct arena *a, const struct json *n)
{
	struct patch_event p;
	const struct {
		const char *name;
		struct str *to;
	} texts[] = {
		{ "patch_id", &p.patch_id }, { "file_path", &p.file },
		{ "op", &p.op }, { "status", &p.status }, { "code", &p.code },
	};
	const struct json *v;

	contract_defaults(&patch_event_contract, &p);
	for (size_t i = 0; i < countof(texts); i++)
		if (json_member(n, texts[i].name, &v) &&
		    json_kind(v) == JSON_STRING)
			*texts[i].to = arena_str(a, json_as_str(v));
	if (json_member(n, "created_at", &v) && json_kind(v) == JSON_STRING)
		clock_parse(json_as_str(v), &p.ts_ms);
	if (json_member(n, "type", &v) && json_kind(v) == JSON_STRING)
		p.type = event_type_of(json_as_str(v));
	if (json_member(n, "lines_added", &v) && json_kind(v) == JSON_INT)
		p.lines_added = json_as_int(v);
	if (json_member(n, "lines_removed", &v) && json_kind(v) == JSON_INT)
		p.lines_removed = json_as_int(v);
	return p;
}

/* What the rows alone do not show: how many there are, and that some were not
 * looked at. */
static void
say_page(const struct json *answer)
{
	const struct json *page, *v, *next;

	if (!json_member(answer, "pagination", &page) ||
	    json_kind(page) != JSON_OBJECT)
		return;
	if (json_member(page, "total", &v) && json_kind(v) == JSON_INT)
		say_total(json_as_int(v));
	if (json_member(page, "total_reason", &v))
		fprintf(stderr, "patchctl: the server had no time to count "
		    "them all\n");
	if (json_member(page, "complete", &v) && json_kind(v) == JSON_BOOL &&
	    !json_as_bool(v) && json_member(page, "next", &next) &&
	    json_kind(next) == JSON_STRING)
		fprintf(stderr, "patchctl: the server had no time to look at "
		    "all rows; --cursor %.*s goes on\n",
		    STR_ARG(json_as_str(next)));
}

/* Hand each item of a list in an answer to `one`. */
static int
each_item(struct command_line *l, struct str body, const char *list,
    void (*one)(struct arena *a, const struct json *n), struct err *e)
{
	const struct json *items;
	struct json_doc *doc;

	if (json_parse(body, l->a, &doc, e) != 0)
		return -1;
	if (json_kind(json_root(doc)) == JSON_OBJECT &&
	    json_member(json_root(doc), list, &items) &&
	    json_kind(items) == JSON_ARRAY)
		for (size_t i = 0; i < json_count(items); i++)
			if (json_kind(json_item(items, i)) == JSON_OBJECT)
				one(l->a, json_item(items, i));
	say_page(json_root(doc));
	json_doc_free(doc);
	return 0;
}

static void
show_row(struct arena *a, const struct json *n)
{
	struct patch_event p = row_read(a, n);

	log_line(a, &p);
}

/* GET it; its body goes to the output, or with `list` its items to `one`. */
static int
fetch(struct command_line *l, const struct target *t, struct str path,
    const char *list, void (*one)(struct arena *a, const struct json *n),
    struct err *e)
{
	struct remote_call call = { .method = "GET", .path = path };
	struct https_answer got;
	int rc = remote_get(l, t, &call, &got, e);

	if (rc != 0)
		return rc;
	if (list && !l->json)
		return each_item(l, got.body, list, one, e);
	fwrite(got.body.p, 1, got.body.len, stdout);
	return 0;
}

static int
list(struct command_line *l, struct err *e)
{
	struct option_row rows[FIELD_OPTIONS_MAX + TARGET_OPTIONS];
	struct field_options o = { .a = l->a };
	struct target t = { 0 };
	struct log_query q;
	size_t n;

	contract_defaults(&log_query_contract, &q);
	field_options_add(&o, log_query_contract.fields, &q, NULL);
	n = field_options_rows(&o, rows);
	n += target_rows(&t, rows + n);
	if (command_options(l, rows, n, e) != 0)
		return -1;
	if (l->argc)
		return err_set(e, ERR_USAGE, "list takes options only");
	if (field_options_set(&o, e) != 0 || target_choose(l, &t, e) != 0)
		return -1;
	if (!t.remote)
		return list_here(l, &t, &q, e);
	return fetch(l, &t, remote_query(l->a,
	    "/api/patches/logs", &o), "results", show_row, e);
}

static void
detail(const char *name, struct str value)
{
	if (!value.len)
		return;
	printf("  %-12s ", name);
	show_text(stdout, value);
	putchar('\n');
}

static void
show_details(struct arena *a, const struct patch_event *p)
{
	log_line(a, p);
	detail("task", p->task_id);
	detail("order", p->order_id);
	detail("requester", p->requester);
	detail("reason", p->reason);
	detail("branch", p->branch);
	detail("batch", p->batch_id);
	detail("error", p->error);
	detail("at", p->at);
	detail("before", p->before_sha256);
	detail("after", p->after_sha256);
	detail("diff", p->diff_path);
	detail("meta", p->meta);
}

static void
show_payload(struct arena *a, const struct json *n)
{
	const struct json *payload;
	struct patch_event p;

	if (json_member(n, "payload", &payload) && contract_decode(
	    &patch_event_contract, payload, a, &p, NULL) == 0)
		show_details(a, &p);
}

/* The answer of GET /api/patches/{id}. */
static void
show_json(struct str id, const struct patch_event *p, size_t n)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "patch_id");
	json_put_str(&w, id);
	json_key(&w, "events");
	json_array_open(&w);
	for (size_t i = 0; i < n; i++) {
		struct patch_event payload = p[i];

		payload.seq = -1;
		json_object_open(&w);
		json_key(&w, "type");
		json_put_str(&w, str(event_name(p[i].type)));
		json_key(&w, "payload");
		contract_encode(&patch_event_contract, &payload, &w);
		json_key(&w, "seq");
		json_put_int(&w, p[i].seq);
		json_object_close(&w);
	}
	json_array_close(&w);
	json_object_close(&w);
	puts(out.p);
	buf_free(&out);
}

static int
show(struct command_line *l, struct err *e)
{
	struct option_row rows[TARGET_OPTIONS];
	struct patch_event *events;
	struct target t = { 0 };
	struct local here;
	struct str id;
	size_t n;
	int rc;

	if (target_patch(l, &t, rows, 0, &id, e) != 0)
		return -1;
	if (t.remote)
		return fetch(l, &t, remote_patch(l->a, id, ""), "events",
		    show_payload, e);
	rc = target_open(l, &t, LOCAL_LOOK, &here, e);
	if (rc == 0)
		rc = trail_of(&here, id, &events, &n, e);
	local_close(&here);
	if (rc != 0)
		return -1;
	if (l->json)
		show_json(id, events, n);
	for (size_t i = 0; i < n && !l->json; i++)
		show_details(l->a, &events[i]);
	return 0;
}

static void
diff_json(struct str id, struct str text)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "patch_id");
	json_put_str(&w, id);
	json_key(&w, "diff");
	json_put_str(&w, text);
	json_object_close(&w);
	puts(out.p);
	buf_free(&out);
}

static int
diff(struct command_line *l, struct err *e)
{
	struct option_row rows[TARGET_OPTIONS];
	struct remote_call call = { .method = "GET" };
	struct target t = { 0 };
	struct https_answer got;
	struct local here;
	struct str id, text;
	int rc;

	if (target_patch(l, &t, rows, 0, &id, e) != 0)
		return -1;
	call.path = remote_patch(l->a, id, "/diff");
	if (t.remote) {
		rc = remote_get(l, &t, &call, &got, e);
		text = rc == 0 ? got.body : STR_NONE;
	} else {
		rc = target_open(l, &t, LOCAL_LOOK, &here, e);
		if (rc == 0)
			rc = trail_diff(&here, id, &text, e);
		local_close(&here);
	}
	if (rc != 0)
		return rc;
	if (l->json)
		diff_json(id, text);
	else
		show_diff(text);
	return 0;
}

#define LIST_ARGS "[--limit N] [--offset N] [--order WORD] [--task-id TEXT] " \
	"[--file TEXT] [--search TEXT] [--status WORD] [--type WORD] " \
	"[--op TEXT] [--order-id TEXT] [--requester TEXT] [--phase TEXT] " \
	"[--workspace TEXT] [--batch-id TEXT] [--patch-id TEXT] " \
	"[--from TIME] [--to TIME] [--count WORD] [--cursor TEXT] " TARGET_ARGS

const struct command log_commands[] = {
	{ "list", LIST_ARGS, list, "List the log, newest first.", "--file and --search are parts, literally; --order is asc or desc.\n\nExamples:\n  patchctl list --limit 10\n  patchctl list --task-id T7 --status applied --json", true, NULL },
	{ "show", "ID " TARGET_ARGS, show, "Print all that happened to a patch.", "Example:\n  patchctl show 019ac5b2-5f0e-7cc2-8b6a-3d1f0a2b4c5d", true, NULL },
	{ "diff", "ID " TARGET_ARGS, diff, "Print the diff of a patch.", "patch -p1 and git apply take it.\n\nExample:\n  patchctl diff 019ac5b2-5f0e-7cc2-8b6a-3d1f0a2b4c5d | git apply -R", true, NULL },
	{ 0 }
};
