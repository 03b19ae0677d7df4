/* issues: groups of log lines, and what people do to them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ops/life.h"
#include "ops/send.h"
#include "patchctl/fields.h"
#include "patchctl/show.h"
#include "tracker/issue.h"
#include "tracker/line.h"
#include "tracker/outbox.h"

#define LINES_SHOWN	20
#define SEND_MS		10000		/* after a change; the rest waits */
#define SEND_ALL_MS	600000
#define WAITING_SHOWN	20

static void
print_json(struct buf *out)
{
	puts(out->p);
	buf_free(out);
}

static void
ok_open(struct json_writer *w)
{
	json_object_open(w);
	json_key(w, "ok");
	json_put_bool(w, true);
}

/* -- list -- */

static void
print_row(const struct command_line *l, const struct ops_issue *i)
{
	struct str where = i->worker.len ? i->worker : i->repo;

	printf("%5lld  %lld  %-11s %6lldx  %s  ", (long long)i->id,
	    (long long)i->severity, issue_statuses[i->status],
	    (long long)i->count, clock_text(l->a, i->last_seen_ms >= 0 ?
	    i->last_seen_ms : i->created_ms).p);
	if (i->gh_number > 0)
		printf("#%lld  ", (long long)i->gh_number);
	show_text(stdout, where);
	fputs(where.len ? "  " : "", stdout);
	show_text(stdout, i->title);
	if (i->claimed_by.len) {
		fputs("  (", stdout);
		show_text(stdout, i->claimed_by);
		putchar(')');
	}
	putchar('\n');
}

static void
print_list(const struct command_line *l, const struct ops_issue *rows,
    size_t n, bool more)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	int64_t last = more ? rows[n - 1].id : 0;

	if (!l->json) {
		for (size_t i = 0; i < n; i++)
			print_row(l, &rows[i]);
		if (more)
			fprintf(stderr, "patchctl: there are more; --cursor "
			    "%lld goes on\n", (long long)last);
		return;
	}
	ok_open(&w);
	json_key(&w, "issues");
	json_array_open(&w);
	for (size_t i = 0; i < n; i++)
		contract_encode(&ops_issue_contract, &rows[i], &w);
	json_array_close(&w);
	json_key(&w, "next");
	json_put_str(&w, more ? arena_fmt(l->a, "%lld", (long long)last) :
	    STR_NONE);
	json_object_close(&w);
	print_json(&out);
}

static int
list(struct command_line *l, struct err *e)
{
	struct option_row rows[FIELD_OPTIONS_MAX];
	struct field_options f = { .a = l->a };
	struct ops_issue *found;
	struct issue_query q;
	struct govern g = { 0 };
	size_t n, limit;
	int rc;

	contract_defaults(&issue_query_contract, &q);
	field_options_add(&f, issue_query_contract.fields, &q, NULL);
	if (command_options(l, rows, field_options_rows(&f, rows), e) != 0 ||
	    field_options_set(&f, e) != 0 || issue_query_resolve(&q, e) != 0)
		return -1;
	if (l->argc)
		return err_set(e, ERR_USAGE, "issues is followed by list, "
		    "show, claim, resolve, reopen, ignore, triage or send");
	limit = (size_t)q.limit++;
	rc = command_govern(l, &g, e);
	if (rc == 0)
		rc = issue_list(g.db, l->a, &q, &found, &n, e);
	if (rc == 0)
		print_list(l, found, n < limit ? n : limit, n > limit);
	govern_close(&g);
	return rc;
}

/* -- show -- */

/* The id that is the only argument. */
static int
id_of(const struct command_line *l, int64_t *id, struct err *e)
{
	const char *text;

	if (command_argument(l, "the number of an issue", &text, e) != 0)
		return -1;
	if (str_int(str(text), id) && *id > 0)
		return 0;
	return err_set(e, ERR_USAGE, "an issue is named by its number");
}

static void
print_lines(const struct command_line *l, const struct log_line *lines,
    size_t n)
{
	if (n)
		puts("\nits newest lines:");
	for (size_t i = 0; i < n; i++) {
		printf("%s  %-5s  ", clock_text(l->a, lines[i].ts).p,
		    line_levels[lines[i].level]);
		show_text(stdout, lines[i].message);
		putchar('\n');
	}
}

/* Each member that has a value, as the contract names it. */
static void
print_members(const struct command_line *l, const struct ops_issue *i)
{
	const struct field *f = ops_issue_contract.fields;

	for (; f->type != FIELD_END; f++) {
		const void *at = (const char *)i + f->offset;
		struct str text = field_to_text(f, i, l->a);

		if (f->type == FIELD_TIME && *(const int64_t *)at >= 0)
			text = clock_text(l->a, *(const int64_t *)at);
		if (!text.len || (f->type == FIELD_INT &&
		    *(const int64_t *)at < 0))
			continue;
		printf("%-20s ", f->name);
		show_text(stdout, text);
		putchar('\n');
	}
}

static void
print_issue(const struct command_line *l, const struct ops_issue *i,
    const struct log_line *lines, size_t n)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);

	if (!l->json) {
		print_members(l, i);
		print_lines(l, lines, n);
		return;
	}
	ok_open(&w);
	json_key(&w, "issue");
	contract_encode(&ops_issue_contract, i, &w);
	json_key(&w, "lines");
	json_array_open(&w);
	for (size_t k = 0; k < n; k++)
		contract_encode(&log_line_contract, &lines[k], &w);
	json_array_close(&w);
	json_object_close(&w);
	print_json(&out);
}

static int
find(struct command_line *l, struct govern *g, int64_t id,
    struct ops_issue *out, struct err *e)
{
	int rc = issue_get(g->db, l->a, id, out, e);

	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no issue %lld",
		    (long long)id);
	return rc < 0 ? -1 : 0;
}

static int
show(struct command_line *l, struct err *e)
{
	struct govern g = { 0 };
	struct log_line *lines;
	struct ops_issue i;
	int64_t id;
	size_t n;
	int rc;

	if (command_options(l, NULL, 0, e) != 0 || id_of(l, &id, e) != 0)
		return -1;
	rc = command_govern(l, &g, e);
	if (rc == 0)
		rc = find(l, &g, id, &i, e);
	if (rc == 0)
		rc = line_of_issue(g.db, l->a, (enum line_kind)i.kind, id,
		    LINES_SHOWN, &lines, &n, e);
	if (rc == 0)
		print_issue(l, &i, lines, n);
	govern_close(&g);
	return rc;
}

/* -- verbs -- */

static const char *
user(void)
{
	const char *name = getenv("USER");

	return name && name[0] ? name : "patchctl";
}

static void
print_done(const struct command_line *l, const struct ops_issue *i,
    bool changed)
{
	struct buf out = BUF_INIT(KIB(64));
	struct json_writer w = JSON_WRITER(&out);

	if (!l->json) {
		printf("issue %lld is %s%s", (long long)i->id,
		    issue_statuses[i->status], changed ? "" : " already");
		if (i->claimed_by.len) {
			fputs(", claimed by ", stdout);
			show_text(stdout, i->claimed_by);
		}
		putchar('\n');
		return;
	}
	ok_open(&w);
	json_key(&w, "id");
	json_put_int(&w, i->id);
	json_key(&w, "status");
	json_put_str(&w, str(issue_statuses[i->status]));
	json_key(&w, "claimed_by");
	json_put_str(&w, i->claimed_by);
	json_key(&w, "changed");
	json_put_bool(&w, changed);
	json_object_close(&w);
	print_json(&out);
}

/* GitHub hears of it now, if it can be reached soon. */
static void
tell_github(struct ops *o)
{
	struct send_result sent;
	struct err e = { 0 };

	if (!ops_files(o))
		return;
	if (ops_send(o, SEND_MS, &sent, &e) != 0)
		fprintf(stderr, "patchctl: GitHub was not told: %s\n",
		    e.detail);
	else if (sent.open && !sent.elsewhere)
		fprintf(stderr, "patchctl: %lld messages to GitHub wait; "
		    "patchctl issues send tells why\n",
		    (long long)sent.open);
}

static int
act(struct command_line *l, enum issue_verb verb, struct err *e)
{
	const char *by = user(), *note = NULL;
	const struct option_row rows[] = {
		{ .name = "by", .value = &by },
		{ .name = "note", .value = &note },
	};
	struct govern g = { 0 };
	struct ops o = { 0 };
	struct ops_issue i;
	int64_t id;
	int rc;

	if (command_options(l, rows, countof(rows), e) != 0 ||
	    id_of(l, &id, e) != 0)
		return -1;
	if (!by[0] || strlen(by) > NAME_MAX_BYTES)
		return err_set(e, ERR_USAGE, "--by takes a name of at most %d "
		    "bytes", NAME_MAX_BYTES);
	rc = command_govern(l, &g, e);
	if (rc == 0)
		rc = ops_open(&o, &g, e);
	if (rc == 0)
		rc = ops_issue_do(&o, l->a, id, verb, str(by), str(note), &i,
		    e);
	if (rc >= 0)
		print_done(l, &i, rc > 0);
	if (rc > 0)
		tell_github(&o);
	ops_close(&o);
	govern_close(&g);
	return rc < 0 ? -1 : 0;
}

static int
claim(struct command_line *l, struct err *e)
{
	return act(l, ISSUE_CLAIM, e);
}

static int
resolve(struct command_line *l, struct err *e)
{
	return act(l, ISSUE_RESOLVE, e);
}

static int
reopen(struct command_line *l, struct err *e)
{
	return act(l, ISSUE_REOPEN, e);
}

static int
ignore(struct command_line *l, struct err *e)
{
	return act(l, ISSUE_IGNORE, e);
}

static int
triage(struct command_line *l, struct err *e)
{
	return act(l, ISSUE_TRIAGE, e);
}

/* -- send -- */

static int
print_sent(struct command_line *l, struct ops *o,
    const struct send_result *s, struct err *e)
{
	struct buf out = BUF_INIT(KIB(64));
	struct json_writer w = JSON_WRITER(&out);
	struct outbox_row *rows;
	size_t n;

	if (outbox_waiting(o->g->db, l->a, WAITING_SHOWN, &rows, &n, e) != 0)
		return -1;
	if (l->json) {
		ok_open(&w);
		json_key(&w, "sent");
		json_put_int(&w, s->sent);
		json_key(&w, "issues_made");
		json_put_int(&w, s->made);
		json_key(&w, "waiting");
		json_put_int(&w, s->open);
		json_key(&w, "refused");
		json_put_int(&w, s->dead);
		json_object_close(&w);
		print_json(&out);
		return 0;
	}
	printf("%lld sent, %lld issues made, %lld wait, %lld were refused%s\n",
	    (long long)s->sent, (long long)s->made, (long long)s->open,
	    (long long)s->dead, s->elsewhere ?
	    "; another process is sending" : "");
	for (size_t i = 0; i < n; i++) {
		printf("  issue %lld, from %s: ", (long long)rows[i].issue_id,
		    clock_text(l->a, rows[i].next_ms).p);
		show_text(stdout, rows[i].error.len ? rows[i].error :
		    STR("its turn has not come"));
		putchar('\n');
	}
	return 0;
}

static int
send(struct command_line *l, struct err *e)
{
	bool quiet = false;
	const struct option_row rows[] = {
		{ .name = "quiet", .flag = &quiet },
	};
	struct send_result sent = { 0 };
	struct govern g = { 0 };
	struct ops o = { 0 };
	struct github *gh;
	int rc;

	if (command_options(l, rows, countof(rows), e) != 0)
		return -1;
	if (l->argc)
		return err_set(e, ERR_USAGE, "no argument is needed");
	rc = command_govern(l, &g, e);
	if (rc == 0)
		rc = ops_open(&o, &g, e);
	if (rc == 0)
		rc = ops_github(&o, &gh, e);
	if (rc == 0)
		rc = ops_send(&o, SEND_ALL_MS, &sent, e);
	if (rc == 0 && (!quiet || sent.open || sent.dead))
		rc = print_sent(l, &o, &sent, e);
	ops_close(&o);
	govern_close(&g);
	return rc != 0 ? rc : sent.open || sent.dead;
}

#define FILTERS "[--status WORD] [--severity N] [--kind WORD] [--repo TEXT] [--worker TEXT] [--fingerprint TEXT] [--limit N] [--cursor TEXT] [--json]"
#define VERB "ID [--by NAME] [--note TEXT] [--json]"
#define BY "--by is who does it, $USER without it; --note goes into the comment on GitHub, which is told at once."

const struct command issues_commands[] = {
	{ "issues list", FILTERS, list, "The issues that logs became, the newest first.", "Number, severity (1 is the worst), status, lines, when it was last seen, its number on GitHub, where it was logged, title.", false, NULL },
	{ "issues show", "ID [--json]", show, "All of one issue, and its newest lines.", NULL, false, NULL },
	{ "issues claim", VERB, claim, "Work on an issue, alone.", BY, false, NULL },
	{ "issues resolve", VERB, resolve, "An issue is mended.", BY, false, NULL },
	{ "issues reopen", VERB, reopen, "It is not, or is free again.", BY, false, NULL },
	{ "issues ignore", VERB, ignore, "An issue will not be mended.", BY, false, NULL },
	{ "issues triage", VERB, triage, "Somebody has looked at an issue.", BY, false, NULL },
	{ "issues send", "[--quiet] [--json]", send, "Tell GitHub now what waits to be told.", "The exit status is 1 when something still waits, and it is told why.", false, NULL },
	{ "issues", FILTERS, list, "The same as issues list.", NULL, false, NULL },
	{ 0 }
};
