#include "ops/life.h"

#include "ops/file.h"
#include "ops/say.h"
#include "report/markdown.h"
#include "tracker/issue.h"
#include "tracker/outbox.h"

#define NOTE_MAX_BYTES KIB(8)

/* What subscribers are told of, by verb. */
static const enum event_type told[ISSUE_VERB__MAX] = {
	[ISSUE_CLAIM] = EVENT_OPS_ISSUE_CLAIMED,
	[ISSUE_RESOLVE] = EVENT_OPS_ISSUE_RESOLVED,
	[ISSUE_CLOSE] = EVENT_OPS_ISSUE_RESOLVED,
	[ISSUE_IGNORE] = EVENT_OPS_ISSUE_RESOLVED,
	[ISSUE_TRIAGE] = EVENT_OPS_ISSUE_TRIAGED,
	[ISSUE_REOPEN] = EVENT_OPS_ISSUE_REOPENED,
};

/* What GitHub is asked for. */
static const struct {
	const char *says;	/* a comment, which ends with who did it */
	struct say_change change;
	bool assigns;
} github[ISSUE_VERB__MAX] = {
	[ISSUE_TRIAGE] = { .change.add = "triaged" },
	[ISSUE_CLAIM] = { "Claimed by", { .add = "in_progress" }, true },
	[ISSUE_RESOLVE] = { "Resolved by", { .state = "closed", .reason = "completed", .remove = "in_progress" }, false },
	[ISSUE_IGNORE] = { "Will not be mended, says", { .state = "closed", .reason = "not_planned", .remove = "in_progress" }, false },
	[ISSUE_REOPEN] = { "Reopened by", { .state = "open", .reason = "reopened", .remove = "in_progress" }, false },
};

static int
put_comment(struct ops *o, struct arena *a, const struct ops_issue *i,
    struct str text, struct str once, struct err *e)
{
	return say_comment(o, i, arena_fmt(a, "says %.*s", STR_ARG(once)),
	    text, e) < 0 ? -1 : 0;
}

static int
put_change(struct ops *o, struct arena *a, const struct ops_issue *i,
    const struct say_change *c, struct str once, struct err *e)
{
	return say_change(o, i, arena_fmt(a, "sets %.*s", STR_ARG(once)), c,
	    e) < 0 ? -1 : 0;
}

/* A name that GitHub may know somebody by. */
static bool
is_login(struct str s)
{
	bool ok = s.len >= 1 && s.len <= 39 && s.p[0] != '-';

	for (size_t k = 0; k < s.len; k++)
		ok &= (s.p[k] >= 'a' && s.p[k] <= 'z') || s.p[k] == '-' ||
		    (s.p[k] >= 'A' && s.p[k] <= 'Z') ||
		    (s.p[k] >= '0' && s.p[k] <= '9');
	return ok;
}

/* It is not told of issues that it does not have and will not get. */
static int
github_put(struct ops *o, struct arena *a, const struct ops_issue *i,
    enum issue_verb verb, struct str by, struct str note, struct err *e)
{
	struct str once = arena_fmt(a, "%s %lld %lld", issue_verbs[verb],
	    (long long)i->id, (long long)i->updated_ms);
	struct say_change change = github[verb].change;
	struct buf text = BUF_INIT(KIB(60));
	int rc = 0;

	if (verb == ISSUE_CLOSE || !ops_files(o) || (i->gh_number <= 0 &&
	    outbox_known(o->g->db, file_once(a, i), NULL) <= 0))
		return 0;
	if (github[verb].says) {
		buf_addf(&text, "%s ", github[verb].says);
		markdown_code(&text, by, false);
		buf_adds(&text, ".\n");
		if (note.len)
			markdown_block(&text, note, NOTE_MAX_BYTES);
		rc = put_comment(o, a, i, buf_str(&text), once, e);
	}
	buf_free(&text);
	if (github[verb].assigns && is_login(by))
		change.assignee = by;
	return rc == 0 ? put_change(o, a, i, &change, once, e) : -1;
}

int
life_duplicate(struct ops *o, struct arena *a, const struct ops_issue *one,
    const struct ops_issue *into, struct str by, struct err *e)
{
	struct str once = arena_fmt(a, "duplicate %lld %lld",
	    (long long)one->id, (long long)into->id);
	struct buf text = BUF_INIT(KIB(4));
	int rc;

	if (!ops_files(o) || one->gh_number <= 0)
		return 0;
	buf_adds(&text, "The same defect as ");
	if (into->gh_number > 0)
		buf_addf(&text, "#%lld", (long long)into->gh_number);
	else
		markdown_code(&text, into->title, false);
	buf_adds(&text, ", says ");
	markdown_code(&text, by, false);
	buf_adds(&text, ".\n");
	rc = put_comment(o, a, one, buf_str(&text), once, e);
	buf_free(&text);
	return rc == 0 ? put_change(o, a, one, &(struct say_change){
	    .state = "closed", .reason = "not_planned" }, once, e) : -1;
}

static int
taken(const struct ops_issue *i, struct err *e)
{
	return err_set(e, ERR_CLAIMED, "%.*s has claimed issue %lld already",
	    (int)(i->claimed_by.len < 200 ? i->claimed_by.len : 200),
	    i->claimed_by.p ? i->claimed_by.p : "", (long long)i->id);
}

static int
change(struct ops *o, struct arena *a, struct ops_issue *i,
    enum issue_verb verb, struct str by, struct err *e)
{
	enum issue_status to, from = (enum issue_status)i->status;
	int rc;

	if (verb == ISSUE_CLAIM && from == ISSUE_IN_PROGRESS)
		return str_eq(i->claimed_by, by) ? 0 : taken(i, e);
	rc = issue_verb_leads(verb, from, &to, e);
	if (rc <= 0)
		return rc;
	rc = issue_move(o->g->db, i->id, from, to, by, e);
	if (rc <= 0)			/* the lock is ours: it cannot be */
		return rc < 0 ? -1 : err_set(e, ERR_INTERNAL,
		    "issue %lld changed under its lock", (long long)i->id);
	return issue_get(o->g->db, a, i->id, i, e) <= 0 ? -1 : 1;
}

static int
doing(struct ops *o, struct arena *a, int64_t id, enum issue_verb verb,
    struct str by, struct str note, struct ops_issue *out, struct err *e)
{
	int rc = issue_get(o->g->db, a, id, out, e);

	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no issue %lld",
		    (long long)id);
	if (rc > 0)
		rc = change(o, a, out, verb, by, e);
	if (rc > 0 && (github_put(o, a, out, verb, by, note, e) != 0 ||
	    ops_tell_issue(o, told[verb], out, e) != 0))
		rc = -1;
	return rc;
}

int
ops_issue_do(struct ops *o, struct arena *a, int64_t id,
    enum issue_verb verb, struct str by, struct str note,
    struct ops_issue *out, struct err *e)
{
	int rc;

	*out = (struct ops_issue){ 0 };
	if (db_begin(o->g->db, e) != 0)
		return -1;
	rc = doing(o, a, id, verb, by, note, out, e);
	if (rc <= 0) {
		db_rollback(o->g->db);
		return rc;
	}
	if (db_commit(o->g->db, e) != 0)
		return -1;
	govern_ring(o->g);
	return 1;
}
