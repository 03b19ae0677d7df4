#include "ops/file.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"
#include "ops/say.h"
#include "report/markdown.h"
#include "report/visible.h"
#include "tracker/issue.h"
#include "tracker/memory.h"
#include "tracker/outbox.h"

#define MARK		"<!-- patchwarden:fingerprint="
#define MARK_END	" -->"
#define BLOCK_MAX	KIB(8)		/* of one text: the body stays below 65,536 */
#define UMBRELLA_ROWS	100		/* issues that are named under one */
#define REST_MAX	10000		/* issues that one scan looks at */
#define STORM		"storm"		/* error_type of the issue of a day */

struct str
file_mark(struct arena *a, struct str fingerprint)
{
	return arena_fmt(a, MARK "%.*s" MARK_END, STR_ARG(fingerprint));
}

struct str
file_mark_of(struct str body)
{
	size_t at = str_find(body, STR(MARK));
	struct str hex;

	if (at == body.len)
		return STR_NONE;
	hex = str_n(body.p + at + sizeof(MARK) - 1,
	    body.len - at - (sizeof(MARK) - 1));
	for (size_t i = 0; i < FINGERPRINT_HEX; i++)
		if (i >= hex.len || hex_digit(hex.p[i]) < 0)
			return STR_NONE;
	return str_n(hex.p, FINGERPRINT_HEX);
}

/* GitHub makes nothing of a title; who is mailed about it may read it with a
 * program that does. */
void
file_title(struct buf *out, const struct ops_issue *i)
{
	struct visible v;
	struct piece p;

	visible_begin(&v, i->title.len ? i->title : STR("(no title)"));
	while (visible_next(&v, &p))
		for (size_t k = 0; k < p.text.len; k++) {
			buf_addc(out, p.text.p[k]);
			if (p.text.p[k] == '@' || p.text.p[k] == '#')
				buf_adds(out, "\u200b");
		}
}

static void
row(struct buf *out, const char *name, struct str value)
{
	if (!value.len)
		return;
	buf_addf(out, "| %s | ", name);
	markdown_code(out, value, true);
	buf_adds(out, " |\n");
}

static void
row_time(struct buf *out, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	if (ms >= 0)
		row(out, name, clock_write(ms, text));
}

static void
part(struct buf *out, const char *heading, struct str text)
{
	if (!text.len)
		return;
	buf_addf(out, "\n### %s\n\n", heading);
	markdown_block(out, text, BLOCK_MAX);
}

void
file_body(struct buf *out, const struct ops_issue *i,
    const struct log_line *lines, size_t n_lines)
{
	buf_addf(out, MARK "%.*s" MARK_END "\n\n| | |\n|---|---|\n",
	    STR_ARG(i->fingerprint));
	buf_addf(out, "| Severity | %d (1 is the worst) |\n",
	    (int)i->severity);
	row(out, "By rule", i->rule);
	row(out, "Logged by", i->worker);
	row(out, "Repository", i->repo);
	row(out, "First build", i->run_id);
	if (n_lines) {
		row(out, "Workflow", lines[0].workflow);
		row(out, "Job", lines[0].job);
		row(out, "Step", lines[0].step);
	}
	row(out, "Error type", i->error_type);
	row_time(out, "First seen", i->first_seen_ms);
	row_time(out, "Last seen", i->last_seen_ms);
	buf_addf(out, "| Lines so far | %lld |\n", (long long)i->count);
	part(out, "Message", i->sample);
	if (!str_eq(i->template, i->sample))
		part(out, "What its messages have in common", i->template);
	part(out, "What a language model makes of it", i->analysis);
	part(out, "What an agent that mends it could be told", i->prompt);
	buf_adds(out, "\nFiled by Patchwarden from logs; what stands in the "
	    "blocks was written by other programs.\n");
}

struct str
file_once(struct arena *a, const struct ops_issue *i)
{
	return arena_fmt(a, "create %.*s %.*s", STR_ARG(i->target),
	    STR_ARG(i->fingerprint));
}

int
file_issue(struct ops *o, struct arena *a, const struct ops_issue *i,
    bool *held, struct err *e)
{
	const struct config *c = o->g->cfg;
	struct str once;
	int rc;

	*held = false;
	if (!ops_files(o) || i->gh_number > 0 || i->umbrella_id > 0 ||
	    i->severity > c->ops_severity || i->status == ISSUE_IGNORED ||
	    issue_is_over((enum issue_status)i->status))
		return 0;
	once = file_once(a, i);
	rc = outbox_known(o->g->db, once, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	rc = budget_take(o->g->db, "issues", c->ops_per_day, clock_now_ms(),
	    e);
	if (rc <= 0) {
		*held = rc == 0;
		return rc;
	}
	return say_create(o, i, once, e);
}

static int
came_back(struct ops *o, struct arena *a, const struct ops_issue *i,
    struct err *e)
{
	struct str once = arena_fmt(a, "back %lld %lld", (long long)i->id,
	    (long long)i->regressions);
	int rc = say_comment(o, i, once, STR("It came back: lines of after it "
	    "was resolved are of the same group."), e);

	if (rc <= 0)
		return rc;
	once = arena_fmt(a, "open %lld %lld", (long long)i->id,
	    (long long)i->regressions);
	return say_change(o, i, once, &(struct say_change){
	    .state = "open", .reason = "reopened",
	    .remove = "in_progress" }, e);
}

int
file_news(struct ops *o, struct arena *a, const struct ops_issue *i,
    bool regressed, struct err *e)
{
	int64_t step = 10;

	if (!ops_files(o) || i->gh_number <= 0)
		return 0;
	if (regressed && came_back(o, a, i, e) < 0)
		return -1;
	while (step * 10 <= i->count)
		step *= 10;
	if (i->count < step || i->told_count >= step ||
	    i->status == ISSUE_IGNORED)
		return 0;
	if (say_comment(o, i, arena_fmt(a, "count %lld %lld",
	    (long long)i->id, (long long)step), arena_fmt(a,
	    "Seen %lld times by now, in %lld builds; the last time %.*s.",
	    (long long)i->count, (long long)i->runs,
	    STR_ARG(clock_text(a, i->last_seen_ms))), e) < 0)
		return -1;
	return issue_told(o->g->db, i->id, step, e);
}

/* The issue of today under which too many are filed: found, or made. */
static int
umbrella(struct ops *o, struct arena *a, struct ops_issue *out,
    struct err *e)
{
	struct str day = str_n(clock_text(a, clock_now_ms()).p, 10);
	struct sha256 h = sha256_of(arena_fmt(a, STORM " %.*s",
	    STR_ARG(day)));
	struct str hex = str_n(sha256_hex(a, h).p, FINGERPRINT_HEX);
	int rc = issue_find(o->g->db, a, o->target, hex, out, e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	*out = (struct ops_issue){ .kind = LINE_WORKER, .severity = 2,
	    .status = ISSUE_OPEN, .title = arena_fmt(a,
	    "More errors than can be filed one by one (%.*s)", STR_ARG(day)),
	    .error_type = STR(STORM), .fingerprint = hex,
	    .fingerprint_version = FINGERPRINT_VERSION,
	    .inputs = STR("{}"), .rule = STR("storm"), .level = LINE_ERROR,
	    .target = o->target, .gh_number = -1, .umbrella_id = -1,
	    .first_seen_ms = -1, .last_seen_ms = -1, .claimed_ms = -1,
	    .resolved_ms = -1, .proposed_severity = -1 };
	if (issue_insert(o->g->db, out, e) != 0)
		return -1;
	return ops_tell_issue(o, EVENT_OPS_ISSUE_OPENED, out, e);
}

/* Those that are left go under it; it is told how many there are. */
static int
shelter(struct ops *o, struct arena *a, const struct ops_issue *rest,
    size_t n, struct err *e)
{
	struct ops_issue u;
	struct buf text = BUF_INIT(KIB(60));
	int rc;

	if (umbrella(o, a, &u, e) != 0)
		return -1;
	buf_addf(&text, "%zu more kinds of errors, the worst first:\n\n", n);
	for (size_t k = 0; k < n; k++) {
		if (issue_under(o->g->db, rest[k].id, u.id, e) != 0)
			goto fail;
		if (k >= UMBRELLA_ROWS || text.len > KIB(50))
			continue;
		buf_addf(&text, "- severity %d, %lld lines: ",
		    (int)rest[k].severity, (long long)rest[k].count);
		markdown_code(&text, rest[k].title, false);
		buf_addc(&text, '\n');
	}
	if (issue_seen(o->g->db, u.id, (int64_t)n, clock_now_ms(),
	    clock_now_ms(), LINE_ERROR, e) != 0)
		goto fail;
	rc = say_create(o, &u, file_once(a, &u), e);
	if (rc >= 0)
		rc = say_comment(o, &u, arena_fmt(a, "storm %lld %lld",
		    (long long)u.id, (long long)rest[0].id), buf_str(&text),
		    e);
	buf_free(&text);
	return rc < 0 ? -1 : 0;
fail:
	buf_free(&text);
	return -1;
}

static int
rest_put(struct ops *o, struct arena *a, int64_t max, int64_t *filed,
    int64_t *held, struct err *e)
{
	struct ops_issue *rows;
	size_t n, left = 0;
	bool full = false;

	if (issue_unfiled(o->g->db, a, o->target, o->g->cfg->ops_severity,
	    REST_MAX, &rows, &n, e) != 0)
		return -1;
	for (size_t k = 0; k < n; k++) {
		int rc = outbox_known(o->g->db, file_once(a, &rows[k]), e);

		if (rc > 0)
			continue;	/* it waits there already */
		full |= *filed >= max;
		if (rc == 0 && !full)
			rc = file_issue(o, a, &rows[k], &full, e);
		if (rc < 0)
			return -1;
		*filed += rc;
		if (rc == 0)
			rows[left++] = rows[k];
	}
	*held += (int64_t)left;
	return left ? shelter(o, a, rows, left, e) : 0;
}

int
file_rest(struct ops *o, struct arena *a, int64_t max, int64_t *filed,
    int64_t *held, struct err *e)
{
	if (!ops_files(o))
		return 0;
	if (db_begin(o->g->db, e) != 0)
		return -1;
	if (rest_put(o, a, max, filed, held, e) != 0) {
		db_rollback(o->g->db);
		return -1;
	}
	return db_commit(o->g->db, e);
}
