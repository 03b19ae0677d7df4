#include "remote/github_ask.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "remote/gate_rules.h"
#include "remote/github_fault.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

#define ANSWER_MAX MIB(64)		/* 100 issues with long texts */
#define KEEP_MAX MIB(1)			/* more is not worth keeping */
#define AGAIN_MS 100
#define PAUSE_MS 60000			/* when it does not say how long */

struct turn {
	struct github *g;
	struct github_call *c;
	const struct github_question *q;
	struct str token;
	struct github_reply *r;
	struct gate_etag tag;		/* what is remembered of the url */
};

int
github_refuse(struct github_call *c)
{
	c->outcome = GITHUB_REFUSED;
	c->status = 0;
	c->retry_at = -1;
	return -1;
}

int
github_path(struct github_call *c, struct str *out, struct err *e,
    const char *fmt, ...)
{
	struct buf path = BUF_INIT(KIB(16));
	char rest[KIB(8)];
	va_list ap;
	int n;

	if (github_repo_check(c->repo, e) != 0)
		return github_refuse(c);
	va_start(ap, fmt);
	n = vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(rest)) {
		err_set(e, ERR_INVALID, "that is too long for an address");
		return github_refuse(c);
	}
	buf_addf(&path, "/repos/%.*s%s", STR_ARG(c->repo), rest);
	*out = arena_str(c->a, buf_str(&path));
	buf_free(&path);
	return 0;
}

struct str
github_param(struct arena *a, const char *name, struct str value)
{
	return value.len ? arena_fmt(a, "&%s=%.*s", name,
	    STR_ARG(https_escape(a, value))) : STR("");
}

/* As people name it: a path without its query. */
static struct str
shown(const struct github *g, struct str url)
{
	struct str s = https_url_shown(url);

	return str_starts(s, g->o.api) ? str_n(s.p + g->o.api.len,
	    s.len - g->o.api.len) : s;
}

/* Nothing changed, or nobody knows. */
static enum github_outcome
unanswered(const struct github_question *q, bool sent)
{
	return sent && q->cost != GATE_READ ? GITHUB_UNKNOWN : GITHUB_UNSENT;
}

static int
limited(struct github_call *c, int64_t wait_ms, const char *why,
    struct err *e)
{
	int64_t s = (wait_ms + 999) / 1000;

	c->outcome = GITHUB_LIMITED;
	c->retry_at = clock_now_ms() + wait_ms;
	err_set(e, ERR_UPSTREAM_LIMITED, "GitHub is not to be asked for %lld "
	    "s: %s", (long long)s, why);
	return err_retry(e, s < 86400 ? (int)s : 86400);
}

/* A write that is under way holds the gate for as long as it could take, and
 * opens it when it is over: it is asked again meanwhile. */
static int
pass_gate(struct turn *t, struct err *e)
{
	const struct gate *gate = t->g->o.gate;
	struct gate_ask ask = { .key = t->r->key, .cost = t->q->cost };
	int64_t begun = clock_mono_ms(), wait = 0, left;

	if (!gate || !gate->before)
		return 0;
	for (;;) {
		ask.now_ms = clock_now_ms();
		if (gate->before(gate->to, &ask, &wait, e) != 0)
			return -1;
		if (wait <= 0)
			return 0;
		left = begun + t->g->o.patience_ms - clock_mono_ms();
		if (left <= 0 || (wait > left &&
		    wait > gate_limits_github.lease_ms))
			return limited(t->c, wait, "its limits for what one "
			    "may ask are kept", e);
		clock_sleep_ms((int)(wait < AGAIN_MS ? wait : AGAIN_MS));
	}
}

/* When the primary limit is whole again, by our clock; -1: not said. */
static int64_t
reset_s(const struct https_answer *got)
{
	if (got->limit_reset_s < 0 || got->date_s < 0)
		return got->limit_reset_s;
	return clock_now_ms() / 1000 + got->limit_reset_s - got->date_s;
}

static void
tell_gate(const struct turn *t)
{
	const struct gate *gate = t->g->o.gate;
	const struct https_answer *got = &t->r->got;
	struct gate_told told = { .key = t->r->key, .cost = t->q->cost,
	    .now_ms = clock_now_ms(), .status = got->status,
	    .limited = github_fault_limited(got),
	    .retry_after_s = got->retry_after_s,
	    .remaining = got->limit_remaining, .reset_s = reset_s(got) };

	if (gate && gate->after)
		gate->after(gate->to, &told);
}

/* Whether what is remembered may be asked about. */
static bool
recall(struct turn *t)
{
	const struct gate *gate = t->g->o.gate;

	return gate && gate->etag_get && !t->q->on_piece &&
	    t->q->cost == GATE_READ && gate->etag_get(gate->to, t->c->a,
	    &t->r->key, t->r->url, &t->tag) == 1 && t->tag.etag.len;
}

static int
send_once(struct turn *t, struct err *e)
{
	const struct github_question *q = t->q;
	struct github *g = t->g;
	bool tagged = recall(t);
	const struct https_header headers[] = {
		{ "X-GitHub-Api-Version", str_some(g->o.version) },
		{ "If-None-Match", tagged ? t->tag.etag : STR_NONE },
	};
	const struct https_request r = {
		.method = q->method, .url = t->r->url, .policy = &g->policy,
		.headers = headers, .n_headers = countof(headers),
		.agent = STR("patchwarden/" PACKAGE_VERSION),
		.accept = STR("application/vnd.github+json"),
		.token = t->token, .body = q->body, .answer_max = ANSWER_MAX,
		.total_ms = g->o.answer_ms, .once = q->cost != GATE_READ,
		.on_piece = q->on_piece, .to = q->to,
	};
	int rc = https_send(g->https, t->c->a, &r, &t->r->got, e);

	if (rc == 0 && t->r->got.status == 304 && tagged) {
		t->r->got.status = 200;
		t->r->got.type = STR("application/json");
		t->r->got.body = t->tag.body;
		t->r->got.next = str_some(t->tag.link);
		t->r->got.etag = STR_NONE;	/* it is kept already */
	}
	return rc;
}

/* It may not be asked now: how long not, as far as this answer tells. */
static int
asked_too_much(struct turn *t, const char *why, struct err *e)
{
	const struct https_answer *got = &t->r->got;
	int64_t now = clock_now_ms(), reset = reset_s(got);
	int64_t wait = PAUSE_MS;

	if (got->retry_after_s >= 0 && got->retry_after_s <= 86400)
		wait = got->retry_after_s * 1000;
	else if (got->limit_remaining == 0 && reset > now / 1000)
		wait = (reset - now / 1000 + 1) * 1000;
	return limited(t->c, wait > 1000 ? wait : 1000, why, e);
}

/* What a status that is no success means. */
static int
judge(struct turn *t, struct err *e)
{
	const struct https_answer *got = &t->r->got;
	struct str text = github_fault_text(t->c->a, got, t->token);
	struct str path = shown(t->g, t->r->url);
	enum err_kind kind = got->status == 422 ? ERR_INVALID :
	    got->status == 404 || got->status == 410 ? ERR_NOT_FOUND :
	    ERR_UPSTREAM_REFUSED;

	t->c->outcome = GITHUB_REFUSED;
	if (github_fault_limited(got))
		return asked_too_much(t, text.p, e);
	if (got->status >= 300 && got->status < 400)
		return err_set(e, ERR_UPSTREAM_REFUSED, "GitHub answered %s "
		    "%.*s with %d: it leads elsewhere; the settings have to "
		    "name the place itself", t->q->method, STR_ARG(path),
		    got->status);
	if (got->status >= 500 || got->status == 408 || got->status < 200) {
		t->c->outcome = unanswered(t->q, true);
		kind = ERR_UNREACHABLE;
	}
	return err_set(e, kind, "GitHub answered %s %.*s with %d: %.*s",
	    t->q->method, STR_ARG(path), got->status, STR_ARG(text));
}

static int
ask_once(struct turn *t, struct err *e)
{
	struct github_call *c = t->c;
	const struct https_answer *got = &t->r->got;
	int rc;

	c->outcome = GITHUB_UNSENT;
	c->status = 0;
	c->retry_at = -1;
	t->token = t->q->jwt;
	t->r->key = (struct gate_key){ t->g->host, t->g->credential };
	if (!t->token.p && github_authenticate(t->g, c, &t->token,
	    &t->r->key.credential, e) != 0)
		return -1;
	c->outcome = GITHUB_UNSENT;
	c->status = 0;
	if (pass_gate(t, e) != 0)
		return -1;
	rc = send_once(t, e);
	tell_gate(t);
	c->status = got->status;
	if (rc != 0) {
		c->outcome = e && (e->kind == ERR_CONFIG ||
		    e->kind == ERR_USAGE) ? GITHUB_REFUSED :
		    unanswered(t->q, got->sent);
		return -1;
	}
	if ((got->status >= 200 && got->status < 300) ||
	    (t->q->on_piece && got->location.len && got->status >= 300 &&
	    got->status < 400)) {
		c->outcome = GITHUB_DONE;
		return 0;
	}
	return judge(t, e);
}

int
github_ask(struct github *g, struct github_call *c,
    const struct github_question *q, struct github_reply *out, struct err *e)
{
	struct turn t = { .g = g, .c = c, .q = q, .r = out };
	struct err local = { 0 };

	if (!e)
		e = &local;
	*out = (struct github_reply){ .url = q->url.p ? q->url :
	    arena_fmt(c->a, "%.*s%.*s", STR_ARG(g->o.api),
	    STR_ARG(q->path)) };
	if (ask_once(&t, e) == 0)
		return 0;
	/* A pass can be taken back before its time: with another one, once.
	 * Who was not let in has changed nothing. */
	if (c->status != 401 || q->jwt.p || !github_forget_pass(g))
		return -1;
	*e = (struct err){ 0 };
	return ask_once(&t, e);
}

void
github_keep(struct github *g, const struct github_reply *r)
{
	const struct gate *gate = g->o.gate;
	struct gate_etag tag = { r->got.etag, r->got.body, r->got.next };

	if (gate && gate->etag_put && tag.etag.len && tag.body.len <= KEEP_MAX)
		gate->etag_put(gate->to, &r->key, r->url, &tag);
}

int
github_misread(struct github *g, struct github_call *c,
    const struct github_question *q, const struct github_reply *r,
    struct err *e)
{
	const struct gate *gate = g->o.gate;
	struct err why = e ? *e : (struct err){ 0 };
	struct str path = shown(g, r->url);
	const struct gate_etag none = { STR(""), STR(""), STR_NONE };

	/* Nothing that cannot be read is remembered as an answer. */
	if (gate && gate->etag_put && q->cost == GATE_READ && !r->got.etag.p)
		gate->etag_put(gate->to, &r->key, r->url, &none);
	c->outcome = unanswered(q, true);
	if (e)
		*e = (struct err){ 0 };
	return err_set(e, ERR_UNREACHABLE, "GitHub's answer to %s %.*s cannot "
	    "be understood: %s%s%s", q->method, STR_ARG(path), why.detail,
	    why.at[0] ? " at " : "", why.at);
}

int
github_ask_for(struct github *g, struct github_call *c,
    const struct github_question *q, const struct contract *form, void *out,
    struct err *e)
{
	struct github_reply r;
	struct err local = { 0 };

	if (!e)
		e = &local;
	if (github_ask(g, c, q, &r, e) != 0)
		return -1;
	if (contract_decode_text(form, r.got.body, c->a, out, e) != 0)
		return github_misread(g, c, q, &r, e);
	if (q->cost == GATE_READ)
		github_keep(g, &r);
	return 0;
}
