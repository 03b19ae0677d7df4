/* report: what was delivered for an order. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "govern/report.h"
#include "ledger/report_store.h"
#include "patchctl/command.h"
#include "patchctl/progress.h"
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

static int
report(struct command_line *l, struct err *e)
{
	struct report_options o = { 0 };
	const struct option_row rows[] = {
		{ .name = "format", .value = &o.format },
		{ .name = "output", .value = &o.output },
		{ .name = "version", .value = &o.version },
		{ .name = "limit", .value = &o.limit },
		{ .name = "generate", .flag = &o.generate },
		{ .name = "list", .flag = &o.list },
		{ .name = "all", .flag = &o.all },
	};
	struct govern g = { 0 };
	int rc;

	if (command_options(l, rows, countof(rows), e) != 0)
		return -1;
	rc = o.all ? all(l, &g, e) : o.list ? list(l, &g, &o, e) :
	    one(l, &g, &o, e);
	govern_close(&g);
	return rc;
}

const struct command report_commands[] = {
	{ "report", "ORDER [--format md|json|html] [--output FILE|-] [--version N] [--generate] | --list [--limit N] | --all", report, "The report on what was delivered for an order.", "--generate makes it first when there is news, --all does so for every order.\n\nExamples:\n  patchctl report order-17 --generate\n  patchctl report order-17 --format html --output order-17.html\n  patchctl report --list", false, NULL },
	{ 0 }
};
