/* report: what was delivered for an order. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "govern/report.h"
#include "ledger/report_store.h"
#include "json/json_reader.h"
#include "patchctl/command.h"
#include "patchctl/progress.h"
#include "patchctl/target.h"
#include "report/report.h"

struct report_options {
	const char *format, *output, *version, *limit;
	bool generate, list, all;
};

static int
put(const char *output, struct str text, struct err *e)
{
	int fd = STDOUT_FILENO, rc = 0;

	if (output && !str_is(str(output), "-"))
		fd = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0644);
	if (fd < 0 || fd_write_all(fd, text) != 0)
		rc = err_sys(e, "cannot write %s", output ? output :
		    "the output");
	if (fd > STDOUT_FILENO && close(fd) != 0 && rc == 0)
		rc = err_sys(e, "cannot write %s", output);
	return rc;
}

static int
put_html(struct command_line *l, const struct report_row *row,
    const char *output, struct err *e)
{
	struct buf text = BUF_INIT(REPORT_MAX_BYTES);
	struct report r;
	int rc = report_parse(row->report_json, l->a, &r, e);

	if (rc == 0) {
		report_html(&text, &r);
		rc = buf_check(&text, "the report", e);
	}
	if (rc == 0)
		rc = put(output, buf_str(&text), e);
	buf_free(&text);
	return rc;
}

static int
put_row(struct command_line *l, const struct report_row *row,
    const struct report_options *o, struct err *e)
{
	struct str form = str(o->format ? o->format : l->json ? "json" : "md");

	if (str_is(form, "md"))
		return put(o->output, row->report_md, e);
	if (str_is(form, "json"))
		return put(o->output, row->report_json, e);
	if (str_is(form, "html"))
		return put_html(l, row, o->output, e);
	return err_set(e, ERR_USAGE, "--format is md, json or html");
}

static int
number(const char *text, const char *name, int64_t max, int64_t *out,
    struct err *e)
{
	if (!text || (str_int(str(text), out) && *out >= 1 && *out <= max))
		return 0;
	return err_set(e, ERR_USAGE, "--%s takes a number from 1 on", name);
}

static int
one(struct command_line *l, struct govern *g, const struct report_options *o,
    struct err *e)
{
	struct report_row row;
	const char *order;
	int64_t version = 0;
	bool made;
	int rc;

	if (command_argument(l, "an order", &order, e) != 0 ||
	    number(o->version, "version", INT64_MAX, &version, e) != 0 ||
	    command_govern(l, g, e) != 0)
		return -1;
	if (o->generate)
		rc = govern_report(g, l->a, str(order), &row, &made, e) == 0 ?
		    1 : -1;
	else if (version)
		rc = report_store_get(g->db, l->a, str(order), version, &row,
		    e);
	else
		rc = report_store_newest(g->db, l->a, str(order), &row, e);
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no such report on "
		    "order %s; --generate makes one", order);
	return rc < 0 ? -1 : put_row(l, &row, o, e);
}

static void
list_json(const struct report_row *row)
{
	struct buf out = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&out);

	json_object_open(&w);
	json_key(&w, "order_id");
	json_put_str(&w, row->order_id);
	json_key(&w, "version");
	json_put_int(&w, row->version);
	json_key(&w, "ok_patches");
	json_put_int(&w, row->ok_patches);
	json_key(&w, "total_patches");
	json_put_int(&w, row->total_patches);
	json_object_close(&w);
	puts(out.p);
	buf_free(&out);
}

static int
list(struct command_line *l, struct govern *g,
    const struct report_options *o, struct err *e)
{
	struct report_row *rows;
	int64_t limit = 20;
	size_t n;

	if (number(o->limit, "limit", PAGE_MAX_ROWS, &limit, e) != 0 ||
	    command_govern(l, g, e) != 0 || report_store_recent(g->db, l->a,
	    0, (size_t)limit, &rows, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct str at = clock_text(l->a, rows[i].created_at);

		if (l->json)
			list_json(&rows[i]);
		else
			printf("%.*s  %5lld of %5lld ok  version %lld  %.*s\n",
			    STR_ARG(at), (long long)rows[i].ok_patches,
			    (long long)rows[i].total_patches,
			    (long long)rows[i].version,
			    STR_ARG(rows[i].order_id));
	}
	return 0;
}

static int
all(struct command_line *l, struct govern *g, struct err *e)
{
	struct reports_made m = { 0 };
	struct progress shown;
	int rc;

	if (command_govern(l, g, e) != 0)
		return -1;
	progress_begin(&shown, "reports");
	rc = govern_reports_all(g, 0, progress_tell, &shown, &m, e);
	progress_end(&shown);
	if (rc != 0)
		return -1;
	printf(l->json ? "{\"ok\":true,\"generated\":%lld,\"failed\":%lld}\n" :
	    "%lld reports made, %lld could not be\n", (long long)m.generated,
	    (long long)m.failed);
	return 0;
}

/* -- of a server -- */

/* 0 and *body, or the exit status of a refusal, or -1. */
static int
server_ask(struct command_line *l, const struct target *t, const char *method,
    struct str path, struct str body, struct str *out, struct err *e)
{
	struct remote_call call = { .method = method, .path = path,
	    .body = body };
	struct https_answer got;
	int rc = remote_get(l, t, &call, &got, e);

	*out = got.body;
	return rc;
}

static int
server_one(struct command_line *l, const struct target *t,
    const struct report_options *o, struct err *e)
{
	const char *form = o->format ? o->format : l->json ? "json" : "md";
	struct buf body = BUF_INIT(KIB(4));
	struct json_writer w = JSON_WRITER(&body);
	const char *order;
	struct str got, path;
	int rc = 0;

	if (command_argument(l, "an order", &order, e) != 0)
		return -1;
	json_object_open(&w);
	json_key(&w, "order_id");
	json_put_str(&w, str(order));
	json_object_close(&w);
	if (o->generate)
		rc = server_ask(l, t, "POST", STR("/api/delivery/reports"),
		    arena_str(l->a, buf_str(&body)), &got, e);
	buf_free(&body);
	path = remote_escape(l->a, str(order));
	path = arena_fmt(l->a, "/api/delivery/reports/%.*s.%s%s%s",
	    STR_ARG(path), form, o->version ? "?version=" : "",
	    o->version ? o->version : "");
	if (rc == 0)
		rc = server_ask(l, t, "GET", path, STR_NONE, &got, e);
	return rc != 0 ? rc : put(o->output, got, e);
}

/* One request makes what it can in some seconds. */
static int
server_all(struct command_line *l, const struct target *t, struct err *e)
{
	const struct json *done = NULL;
	struct json_doc *doc;
	bool complete = false;
	struct str got;
	int rc = 0;

	while (rc == 0 && !complete) {
		rc = server_ask(l, t, "POST", STR("/api/delivery/reports"),
		    STR("{}"), &got, e);
		if (rc != 0)
			return rc;
		rc = put(NULL, got, e);
		if (json_parse(got, l->a, &doc, e) != 0)
			return -1;
		complete = !json_member(json_root(doc), "complete", &done) ||
		    json_kind(done) != JSON_BOOL || json_as_bool(done);
		json_doc_free(doc);
	}
	return rc;
}

static int
server_report(struct command_line *l, const struct target *t,
    const struct report_options *o, struct err *e)
{
	struct str got;
	int rc;

	if (o->all)
		return server_all(l, t, e);
	if (!o->list)
		return server_one(l, t, o, e);
	rc = server_ask(l, t, "GET", arena_fmt(l->a,
	    "/api/delivery/reports?limit=%s", o->limit ? o->limit : "20"),
	    STR_NONE, &got, e);
	return rc != 0 ? rc : put(NULL, got, e);
}

static int
report(struct command_line *l, struct err *e)
{
	struct report_options o = { 0 };
	struct target t = { 0 };
	struct option_row rows[7 + TARGET_OPTIONS] = {
		{ .name = "format", .value = &o.format },
		{ .name = "output", .value = &o.output },
		{ .name = "version", .value = &o.version },
		{ .name = "limit", .value = &o.limit },
		{ .name = "generate", .flag = &o.generate },
		{ .name = "list", .flag = &o.list },
		{ .name = "all", .flag = &o.all },
	};
	size_t n = 7 + target_rows(&t, rows + 7);
	struct govern g = { 0 };
	int rc;

	if (command_options(l, rows, n, e) != 0 || target_choose(l, &t,
	    e) != 0)
		return -1;
	if (t.remote)
		return server_report(l, &t, &o, e);
	rc = o.all ? all(l, &g, e) : o.list ? list(l, &g, &o, e) :
	    one(l, &g, &o, e);
	govern_close(&g);
	return rc;
}

const struct command report_commands[] = {
	{ "report", "ORDER [--format md|json|html] [--output FILE|-] [--version N] [--generate] | --list [--limit N] | --all " TARGET_ARGS, report, "The report on what was delivered for an order.", "--generate makes it first when there is news, --all does so for every order.\n\nExamples:\n  patchctl report order-17 --generate\n  patchctl report order-17 --format html --output order-17.html\n  patchctl report --list", false, NULL },
	{ 0 }
};
