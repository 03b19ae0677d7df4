/* scan: read the sources of logs, or a file of lines. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "ops/push.h"
#include "ops/scan.h"
#include "ops/send.h"
#include "patchctl/fields.h"
#include "patchctl/show.h"

#define DUE_HOUR_MS	(INT64_C(9) * 3600000)	/* 09:00 UTC, each day */
#define DAY_MS		(INT64_C(24) * 3600000)
#define DUE_TRIES	3	/* of one day, when sources fail */
#define DUE_LOOKED_AT	100	/* scans */
#define SEND_MS		60000

struct scan_options {
	const char *scope, *file, *by;
	bool due, quiet;
};

/* -- how far it is, on a terminal -- */

struct shown {
	bool terminal;
	const char *what;
};

static void
show_source(void *to, const char *name, const char *state)
{
	struct shown *s = to;

	s->what = name;
	if (s->terminal)
		fprintf(stderr, "\r%s: %s\033[K", name, state);
}

static void
show_counted(void *to, const struct scan_totals *t)
{
	struct shown *s = to;

	if (s->terminal)
		fprintf(stderr, "\r%s: %lld lines, %lld issues opened\033[K",
		    s->what ? s->what : "scan", (long long)t->lines,
		    (long long)t->issues_opened);
}

static void
show_end(const struct shown *s)
{
	if (s->terminal)
		fputs("\r\033[K", stderr);
}

/* -- what came of it -- */

static void
print_totals(const struct scan_totals *t)
{
	printf("  %lld lines read; kept: %lld of workers, %lld of builds; known "
	    "already: %lld\n", (long long)t->lines, (long long)t->worker_logs,
	    (long long)t->build_logs, (long long)t->repeated);
	printf("  issues: %lld opened, %lld came back, %lld reviewed, %lld made "
	    "on GitHub, %lld held back\n", (long long)t->issues_opened,
	    (long long)t->reopened, (long long)t->reviewed,
	    (long long)t->filed, (long long)t->held);
}

static void
print_scan(const struct command_line *l, const struct ops_scan *s)
{
	struct buf out = BUF_INIT(KIB(64));
	struct json_writer w = JSON_WRITER(&out);

	if (l->json) {
		json_object_open(&w);
		json_key(&w, "ok");
		json_put_bool(&w, s->status == SCAN_DONE);
		json_key(&w, "scan");
		contract_encode(&ops_scan_contract, s, &w);
		json_object_close(&w);
		puts(out.p);
		buf_free(&out);
		return;
	}
	printf("scan %lld (%s) is %s\n", (long long)s->id,
	    scan_scopes[s->scope], scan_statuses[s->status]);
	print_totals(&s->totals);
	if (s->error.len) {
		fputs("  ", stdout);
		show_text(stdout, s->error);
		putchar('\n');
	}
}

static void
print_push(const struct command_line *l, const struct push *p)
{
	const struct intake_result *r = &p->result;
	struct buf out = BUF_INIT(KIB(64));
	struct json_writer w = JSON_WRITER(&out);

	if (l->json) {
		json_object_open(&w);
		json_key(&w, "ok");
		json_put_bool(&w, r->refused == 0);
		json_key(&w, "format");
		json_put_str(&w, str(r->format));
		json_key(&w, "refused");
		json_put_int(&w, (int64_t)r->refused);
		json_key(&w, "redacted");
		json_put_int(&w, (int64_t)r->redacted.all);
		json_key(&w, "totals");
		contract_encode(&scan_totals_contract, &p->totals, &w);
		json_object_close(&w);
		puts(out.p);
		buf_free(&out);
		return;
	}
	printf("%s: %zu records\n", r->format ? r->format : "empty",
	    r->records);
	print_totals(&p->totals);
}

static void
print_faults(const struct err *f, size_t refused)
{
	fprintf(stderr, "patchctl: %zu records were left out\n", refused);
	for (; f; f = f->next)
		fprintf(stderr, "patchctl: %s%s%s\n", f->detail,
		    f->at[0] ? " at " : "", f->at);
}

/* -- what is done -- */

/* Whether the last day whose nine o'clock (UTC) is over still wants its scan.
 * One that runs or has ended well is enough; what failed is tried again, but
 * not for ever. */
static int
is_due(struct command_line *l, struct govern *g, struct err *e)
{
	int64_t since = clock_now_ms() - DUE_HOUR_MS;
	struct ops_scan *rows;
	int tries = 0;
	size_t n;

	since -= since % DAY_MS;
	since += DUE_HOUR_MS;
	if (scan_list(g->db, l->a, 0, DUE_LOOKED_AT, &rows, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n && rows[i].started_ms >= since; i++) {
		if (rows[i].scope != SCAN_FULL)
			continue;
		if (rows[i].status == SCAN_DONE)
			return 0;
		tries += rows[i].status != SCAN_DIED &&
		    rows[i].status != SCAN_RUNNING;
	}
	return tries < DUE_TRIES;
}

static int
scan_scope_of(const char *word, enum scan_scope *out, struct err *e)
{
	int i = word ? str_index(str(word), scan_scopes, SCAN_SCOPE__MAX) :
	    SCAN_FULL;

	if (i < 0)
		return err_set(e, ERR_USAGE,
		    "--scope is full, cloudflare or cicd");
	*out = (enum scan_scope)i;
	return 0;
}

static int
scan_sources(struct command_line *l, struct ops *o,
    const struct scan_options *opt, struct err *e)
{
	struct shown shown = { .terminal = isatty(STDERR_FILENO) &&
	    !opt->quiet };
	const struct scan_progress p = { show_source, show_counted, &shown };
	enum scan_scope scope = SCAN_FULL;
	struct scan_job *job;
	struct ops_scan s;
	int rc;

	if (scan_scope_of(opt->scope, &scope, e) != 0)
		return -1;
	if (ops_scan_begin(o, scope, str(opt->by), &s, &job, e) != 0)
		/* whoever runs it does what is due */
		return opt->due && e->kind == ERR_BUSY ? 0 : -1;
	rc = ops_scan_run(o, job, &p, &s, e);
	show_end(&shown);
	if (rc != 0)
		return -1;
	rc = s.status != SCAN_DONE;
	if (rc || s.error.len || !opt->quiet)
		print_scan(l, &s);
	return rc;
}

static int
scan_file(struct command_line *l, struct ops *o,
    const struct scan_options *opt, const struct log_push *known,
    struct err *e)
{
	struct push p = { .known = known };
	struct send_result sent;
	int rc;

	if (command_file(l, opt->file, LOG_BODY_MAX_BYTES, &p.body, e) != 0 ||
	    ops_push(o, l->a, &p, e) != 0)
		return -1;
	rc = p.result.refused > 0;
	if (rc)
		print_faults(p.result.faults, p.result.refused);
	if (rc || !opt->quiet)
		print_push(l, &p);
	return ops_send(o, SEND_MS, &sent, e) != 0 ? -1 : rc;
}

static int
check(const struct scan_options *o, const struct field_options *f,
    struct err *e)
{
	if (o->file && (o->scope || o->due))
		return err_set(e, ERR_USAGE, "--file reads a file, and no "
		    "sources: --scope and --due do not go with it");
	for (size_t i = 0; !o->file && i < f->n; i++)
		if (f->rows[i].value)
			return err_set(e, ERR_USAGE, "--%s tells of lines in "
			    "a --file", f->rows[i].name);
	return 0;
}

static int
scan(struct command_line *l, struct err *e)
{
	struct scan_options o = { .by = "patchctl" };
	struct option_row rows[5 + FIELD_OPTIONS_MAX] = {
		{ .name = "scope", .value = &o.scope },
		{ .name = "file", .value = &o.file },
		{ .name = "by", .value = &o.by },
		{ .name = "due", .flag = &o.due },
		{ .name = "quiet", .flag = &o.quiet },
	};
	struct field_options f = { .a = l->a };
	struct log_push known;
	struct govern g = { 0 };
	struct ops ops = { 0 };
	int rc;

	contract_defaults(&log_push_contract, &known);
	field_options_add(&f, log_push_contract.fields, &known, NULL);
	if (command_options(l, rows, 5 + field_options_rows(&f, rows + 5),
	    e) != 0 || check(&o, &f, e) != 0 ||
	    field_options_set(&f, e) != 0)
		return -1;
	if (l->argc)
		return err_set(e, ERR_USAGE, "no argument is needed; --file "
		    "FILE reads a file");
	rc = command_govern(l, &g, e);
	if (rc == 0 && o.due && (rc = is_due(l, &g, e)) >= 0)
		rc = rc ? 0 : 1;		/* 1: nothing to do */
	if (rc == 0)
		rc = ops_open(&ops, &g, e);
	if (rc == 0)
		rc = o.file ? scan_file(l, &ops, &o, &known, e) :
		    scan_sources(l, &ops, &o, e);
	else if (rc > 0)
		rc = 0;
	ops_close(&ops);
	govern_close(&g);
	return rc;
}

const struct command scan_commands[] = {
	{ "scan", "[--scope full|cloudflare|cicd] [--due] [--by NAME] [--file FILE|- [--format WORD] [--kind WORD] [--worker TEXT] [--repo TEXT] [--run-id TEXT] [--workflow TEXT] [--job TEXT] [--step TEXT] [--source TEXT]] [--quiet] [--json]", scan, "Read the sources of logs, and make issues of what they say.", "--file reads lines from a file instead: JSON, NDJSON, journal exports, job logs, plain text; gzip, too.\n--due does nothing unless the scan of the last 09:00 UTC is missing; with --quiet only what went wrong is said. Meant for cron.\nThe exit status is 1 when a source failed, or lines were left out.\n\nExamples:\n  patchctl scan --scope cicd\n  patchctl scan --file app.log --worker checkout\n  journalctl -o export -u api --since -1h | patchctl scan --file - --source journal", false, NULL },
	{ 0 }
};
