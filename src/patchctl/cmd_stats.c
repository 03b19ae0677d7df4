/* stats, trends: sums of what became of patches. */
#include <stdio.h>

#include "ledger/stats.h"
#include "ledger/trends.h"
#include "patchctl/fields.h"
#include "patchctl/show.h"
#include "patchctl/target.h"

static const struct json *
member(const struct json *n, const char *name)
{
	const struct json *v = NULL;

	return json_member(n, name, &v) ? v : NULL;
}

static void
show_cell(const struct json *v, struct arena *a, int width)
{
	struct str text = !v || json_kind(v) == JSON_NULL ? STR("-") :
	    json_kind(v) == JSON_STRING ? json_as_str(v) : json_text(v, a);

	if (v && json_kind(v) == JSON_DOUBLE)
		printf("%*.1f%%", width - 1, json_as_double(v) * 100);
	else if (v && json_kind(v) == JSON_INT)
		printf("%*.*s", width, STR_ARG(text));
	else {
		show_text(stdout, text);
		printf("%*s", text.len < (size_t)width ?
		    width - (int)text.len : 0, "");
	}
	putchar(' ');
}

/* The members of each item of a list, in columns. */
static void
show_list(struct arena *a, const char *title, const struct json *list,
    const char *members)
{
	if (!list || json_kind(list) != JSON_ARRAY || json_count(list) == 0)
		return;
	printf("\n%s\n", title);
	for (size_t i = 0; i < json_count(list); i++) {
		struct str rest = str(members);
		int width = 28;

		while (rest.p) {
			const char *name = arena_cstr(a, str_cut(&rest, ','));

			show_cell(member(json_item(list, i), name), a, width);
			width = 9;
		}
		putchar('\n');
	}
}

static void
show_stats(struct arena *a, const struct json *root)
{
	const struct json *t = member(root, "totals");
	const struct json *lat = member(root, "latency");

	fputs("total ", stdout);
	show_cell(member(t, "total"), a, 0);
	fputs(" ok ", stdout);
	show_cell(member(t, "ok"), a, 0);
	fputs(" failed ", stdout);
	show_cell(member(t, "failed"), a, 0);
	fputs(" reverted ", stdout);
	show_cell(member(root, "reverted"), a, 0);
	fputs("\nms to be applied: p50 ", stdout);
	show_cell(member(lat, "p50"), a, 0);
	fputs(" p90 ", stdout);
	show_cell(member(lat, "p90"), a, 0);
	fputs(" p99 ", stdout);
	show_cell(member(lat, "p99"), a, 0);
	putchar('\n');
	show_list(a, "day                             total        ok    failed",
	    member(root, "daily"), "day,total,ok,failed,success_rate");
	show_list(a, "factory                         total        ok",
	    member(root, "byFactory"), "factory,total,success,success_rate");
	show_list(a, "operation                       count",
	    member(root, "byOp"), "op,count");
	show_list(a, "phase                           total        ok    failed",
	    member(root, "by_phase"), "phase,total,ok,failed,success_rate");
	show_list(a, "error                     occurrences",
	    member(root, "errors"), "error,occurrences");
}

static void
show_trends(struct arena *a, const struct json *root)
{
	static const char *const first[TREND__MAX] = {
		"week", "day", "hour", "phase", "factory", "order_id",
		"task_id",
	};
	const struct json *group = member(root, "group");

	for (int g = 0; g < TREND__MAX; g++)
		if (group && str_is(json_as_str(group), trend_groups[g]))
			show_list(a, "                                total    "
			    "    ok    failed", member(root, "results"),
			    arena_fmt(a, "%s,total,ok,failed,success_rate",
			    first[g]).p);
}

static int
show(struct command_line *l, struct str body,
    void (*form)(struct arena *a, const struct json *root), struct err *e)
{
	struct json_doc *doc;

	if (l->json) {
		printf("%.*s", STR_ARG(body));
		return 0;
	}
	if (json_parse(body, l->a, &doc, e) != 0)
		return -1;
	form(l->a, json_root(doc));
	json_doc_free(doc);
	return 0;
}

/* Options into *into; the server's answer when one is asked: 1; 0: it is this
 * instance; -1, or the exit status of a refusal in *status. */
static int
ask(struct command_line *l, const struct contract *k, void *into,
    const char *route, struct str *body, int *status, struct err *e)
{
	struct option_row rows[FIELD_OPTIONS_MAX + TARGET_OPTIONS];
	struct field_options o = { .a = l->a };
	struct target t = { 0 };
	struct https_answer got;
	size_t n;

	contract_defaults(k, into);
	field_options_add(&o, k->fields, into, NULL);
	n = field_options_rows(&o, rows);
	n += target_rows(&t, rows + n);
	if (command_options(l, rows, n, e) != 0)
		return -1;
	if (l->argc)
		return err_set(e, ERR_USAGE, "it takes options only");
	if (field_options_set(&o, e) != 0 || target_choose(l, &t, e) != 0)
		return -1;
	if (!t.remote)
		return 0;
	*status = remote_get(l, &t, &(struct remote_call){ .method = "GET",
	    .path = remote_query(l->a, route, &o) }, &got, e);
	*body = got.body.p ? got.body : STR("");
	return *status < 0 ? -1 : 1;
}

static int
stats(struct command_line *l, struct err *e)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct stat_query q;
	struct govern g = { 0 };
	struct str body = STR_NONE;
	int status = 0, rc;

	rc = ask(l, &stat_query_contract, &q, "/api/patches/stats", &body,
	    &status, e);
	if (rc < 0 || status)
		return rc < 0 ? -1 : status;
	if (rc == 0) {
		if (stat_range_resolve(&q, STATS_DEFAULT_DAYS, STATS_MAX_DAYS,
		    e) != 0 || command_govern(l, &g, e) != 0 ||
		    stats_answer(g.db, l->a, &q, &out, e) != 0)
			rc = -1;
		body = buf_str(&out);
	}
	if (rc >= 0)
		rc = show(l, body, show_stats, e);
	buf_free(&out);
	govern_close(&g);
	return rc;
}

static int
trends(struct command_line *l, struct err *e)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct trend_query t;
	struct govern g = { 0 };
	struct str body = STR_NONE, next;
	int status = 0, rc;

	rc = ask(l, &trend_query_contract, &t, "/api/patches/trends", &body,
	    &status, e);
	if (rc < 0 || status)
		return rc < 0 ? -1 : status;
	if (rc == 0) {
		if (trend_query_resolve(&t, e) != 0 ||
		    command_govern(l, &g, e) != 0 ||
		    trends_answer(g.db, l->a, &t, &out, &next, e) != 0)
			rc = -1;
		body = buf_str(&out);
	}
	if (rc >= 0)
		rc = show(l, body, show_trends, e);
	buf_free(&out);
	govern_close(&g);
	return rc;
}

#define RANGE "[--from WHEN] [--to WHEN] [--requester R] [--workspace W] [--tz ZONE] "

const struct command stats_commands[] = {
	{ "stats", RANGE TARGET_ARGS " [--json]", stats, "How many patches there were, and how they went.", "Of this instance, or with --url of a server; the last 7 days.\n\nExamples:\n  patchctl stats --from 2026-11-01 --tz Europe/Berlin\n  patchctl stats --requester factory-7 --json", false, NULL },
	{ "trends", "[--group GROUP] [--limit N] [--cursor C] " RANGE TARGET_ARGS " [--json]", trends, "The same by weekly, daily, hourly, phase, factory, order or task.", "The last 30 days.\n\nExample:\n  patchctl trends --group order --limit 20", false, NULL },
	{ 0 }
};
