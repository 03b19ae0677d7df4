#include "ops/webhook.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/sign.h"
#include "tracker/issue.h"
#include "tracker/memory.h"

#define KEEP_MS	(30 * INT64_C(86400000))	/* ids of deliveries: GitHub sends
						   them again for 3 days */

#define H struct hook
struct hook_user { struct str login; };
struct hook_issue {
	int64_t number;
	struct str html_url, state, state_reason, body;
};
struct hook_repo { struct str full_name; };
struct hook {
	struct str action;
	struct hook_issue issue;
	struct hook_repo repository;
	struct hook_user sender, assignee;
};
static const struct field user_fields[] = {
	F_STR(struct hook_user, login, "login", 0, 0, 100, FMT_TEXT, "A name."),
	F_END
};
static const struct contract user_contract = {
	.name = "WebhookUser", .size = sizeof(struct hook_user),
	.fields = user_fields, .open = true, .doc = "A user of GitHub.",
};
static const struct field issue_fields[] = {
	F_INT(struct hook_issue, number, "number", 0, 1, INT64_MAX, -1, "Its number."),
	F_STR(struct hook_issue, html_url, "html_url", 0, 0, 4096, FMT_TEXT, "Its page."),
	F_STR(struct hook_issue, state, "state", 0, 0, 100, FMT_TEXT, "open or closed."),
	F_STR(struct hook_issue, state_reason, "state_reason", 0, 0, 100, FMT_TEXT, "Why."),
	F_STR(struct hook_issue, body, "body", 0, 0, MIB(1), FMT_TEXT, "Its text."),
	F_END
};
static const struct contract issue_contract = {
	.name = "WebhookIssue", .size = sizeof(struct hook_issue),
	.fields = issue_fields, .open = true, .doc = "An issue of GitHub.",
};
static const struct field repo_fields[] = {
	F_STR(struct hook_repo, full_name, "full_name", 0, 0, 300, FMT_TEXT, "owner/name."),
	F_END
};
static const struct contract repo_contract = {
	.name = "WebhookRepository", .size = sizeof(struct hook_repo),
	.fields = repo_fields, .open = true, .doc = "A repository of GitHub.",
};
static const struct field hook_fields[] = {
	F_STR(H, action, "action", 0, 0, 100, FMT_TEXT, "What happened."),
	F_OBJECT(H, issue, "issue", &issue_contract, "To which issue."),
	F_OBJECT(H, repository, "repository", &repo_contract, "Where."),
	F_OBJECT(H, sender, "sender", &user_contract, "By whom."),
	F_OBJECT(H, assignee, "assignee", &user_contract, "Who is to do it."),
	F_END
};
static const struct contract hook_contract = {
	.name = "Webhook", .size = sizeof(H), .fields = hook_fields,
	.open = true, .doc = "What GitHub tells.",
};

static bool
signed_by(struct arena *a, struct str secret, const struct webhook *w)
{
	struct str want;

	if (secret.len == 0)
		return false;
	want = arena_fmt(a, "sha256=%.*s", STR_ARG(sha256_hex(a,
	    hmac_sha256(secret, w->body))));
	return secret_eq(want, w->signature);
}

static int
check(struct ops *o, struct arena *a, const struct webhook *w, struct err *e)
{
	const struct config *c = o->g->cfg;
	bool now, before;

	if (c->webhook_secret.len == 0 && c->webhook_secret_old.len == 0)
		return err_set(e, ERR_NOT_READY, "webhooks are not configured:"
		    " PATCHWARDEN_GITHUB_WEBHOOK_SECRET is needed");
	if (!w->signature.p)
		return err_set(e, ERR_UNAUTHORIZED,
		    "X-Hub-Signature-256 is missing");
	now = signed_by(a, c->webhook_secret, w);
	before = signed_by(a, c->webhook_secret_old, w);
	if (!now && !before)
		return err_set(e, ERR_UNAUTHORIZED, "X-Hub-Signature-256 is "
		    "not that of this body and the secret configured here");
	if (!w->delivery.len || w->delivery.len > NAME_MAX_BYTES ||
	    !w->event.len || w->event.len > NAME_MAX_BYTES)
		return err_set(e, ERR_INVALID, "X-GitHub-Delivery and "
		    "X-GitHub-Event are needed");
	return 0;
}

/* What an issue here becomes by what happened there. */
static int
verb_of(const struct hook *h)
{
	if (str_is(h->action, "closed"))
		return str_is(h->issue.state_reason, "not_planned") ?
		    ISSUE_IGNORE : ISSUE_CLOSE;
	if (str_is(h->action, "reopened"))
		return ISSUE_REOPEN;
	if (str_is(h->action, "assigned"))
		return ISSUE_CLAIM;
	return -1;
}

static const enum event_type told[ISSUE_VERB__MAX] = {
	[ISSUE_CLAIM] = EVENT_OPS_ISSUE_CLAIMED,
	[ISSUE_CLOSE] = EVENT_OPS_ISSUE_RESOLVED,
	[ISSUE_IGNORE] = EVENT_OPS_ISSUE_RESOLVED,
	[ISSUE_REOPEN] = EVENT_OPS_ISSUE_REOPENED,
};

/* 1: it changed; 0: it is so already, or people here are further. */
static int
follow(struct ops *o, struct arena *a, const struct hook *h, struct err *e)
{
	int verb = verb_of(h);
	enum issue_status to;
	struct ops_issue i;
	int rc;

	if (verb < 0 || h->issue.number <= 0)
		return 0;
	rc = issue_find_number(o->g->db, a, h->repository.full_name,
	    h->issue.number, &i, e);
	if (rc <= 0 || issue_verb_leads((enum issue_verb)verb,
	    (enum issue_status)i.status, &to, NULL) <= 0)
		return rc < 0 ? -1 : 0;
	rc = issue_move(o->g->db, i.id, (enum issue_status)i.status, to,
	    str_some(h->assignee.login).p ? h->assignee.login :
	    h->sender.login, e);
	if (rc <= 0 || issue_get(o->g->db, a, i.id, &i, e) <= 0)
		return rc == 0 ? 0 : -1;
	return ops_tell_issue(o, told[verb], &i, e) == 0 ? 1 : -1;
}

static int
take(struct ops *o, struct arena *a, const struct webhook *w,
    const struct hook *h, enum webhook_outcome *out, struct err *e)
{
	int rc = delivery_add(o->g->db, w->delivery, w->event,
	    clock_now_ms() - KEEP_MS, e);

	if (rc <= 0) {
		*out = WEBHOOK_REPEATED;
		return rc;
	}
	*out = WEBHOOK_IGNORED;
	if (!str_is(w->event, "issues"))
		return 0;
	rc = follow(o, a, h, e);
	if (rc > 0)
		*out = WEBHOOK_DONE;
	return rc < 0 ? -1 : 0;
}

int
ops_webhook(struct ops *o, struct arena *a, const struct webhook *w,
    enum webhook_outcome *out, struct err *e)
{
	struct hook h;

	if (check(o, a, w, e) != 0 ||
	    contract_decode_text(&hook_contract, w->body, a, &h, e) != 0)
		return -1;
	if (db_begin(o->g->db, e) != 0)
		return -1;
	if (take(o, a, w, &h, out, e) != 0) {
		db_rollback(o->g->db);
		return -1;
	}
	if (db_commit(o->g->db, e) != 0)
		return -1;
	if (*out == WEBHOOK_DONE)
		govern_ring(o->g);
	return 0;
}
