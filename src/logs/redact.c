#include "logs/redact.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "logs/needles.h"
#include "logs/redact_form.h"

#define KNOWN_LOOK_BYTES 32	/* of a known secret; the rest is compared */

const char *const redact_kinds[REDACT__MAX] = {
#define K(name, text) text,
#include "logs/redact.def"
#undef K
};

const struct form redact_forms[] = {
	{ STR(MARK_BEGIN), 0, look_mark, 0, 0 },
	{ STR("-----BEGIN"), REDACT_PRIVATE_KEY, look_private_key, 0, 0 },
	{ STR("AGE-SECRET-KEY-1"), REDACT_PRIVATE_KEY, look_prefix, 40, UPPER | DIGITS },
	{ STR("pw_"), REDACT_OWN, look_own, 43, URL64 },
	{ STR("ghp_"), REDACT_GITHUB, look_prefix, 20, ALNUM },
	{ STR("gho_"), REDACT_GITHUB, look_prefix, 20, ALNUM },
	{ STR("ghu_"), REDACT_GITHUB, look_prefix, 20, ALNUM },
	/* newer ones are web tokens behind the prefix */
	{ STR("ghs_"), REDACT_GITHUB, look_prefix, 20, URL64 | DOT },
	{ STR("ghr_"), REDACT_GITHUB, look_prefix, 20, ALNUM },
	{ STR("github_pat_"), REDACT_GITHUB, look_prefix, 20, ALNUM | UNDER },
	{ STR("glpat-"), REDACT_GITLAB, look_prefix, 16, URL64 | DOT },
	{ STR("glptt-"), REDACT_GITLAB, look_prefix, 16, URL64 },
	{ STR("gldt-"), REDACT_GITLAB, look_prefix, 16, URL64 },
	{ STR("glrt-"), REDACT_GITLAB, look_prefix, 16, URL64 | DOT },
	{ STR("glcbt-"), REDACT_GITLAB, look_prefix, 16, URL64 },
	{ STR("cfk_"), REDACT_CLOUDFLARE, look_prefix, 30, URL64 },
	{ STR("cfut_"), REDACT_CLOUDFLARE, look_prefix, 30, URL64 },
	{ STR("cfat_"), REDACT_CLOUDFLARE, look_prefix, 30, URL64 },
	/* a key of the origin CA */
	{ STR("v1.0-"), REDACT_CLOUDFLARE, look_prefix, 100, HEX | DASH },
	{ STR("AKIA"), REDACT_AWS, look_aws, 16, UPPER | DIGITS },
	{ STR("ASIA"), REDACT_AWS, look_aws, 16, UPPER | DIGITS },
	{ STR("ABIA"), REDACT_AWS, look_aws, 16, UPPER | DIGITS },
	{ STR("ACCA"), REDACT_AWS, look_aws, 16, UPPER | DIGITS },
	{ STR("AIza"), REDACT_GOOGLE, look_prefix, 35, URL64 },
	{ STR("ya29."), REDACT_GOOGLE, look_prefix, 20, URL64 | DOT },
	{ STR("GOCSPX-"), REDACT_GOOGLE, look_prefix, 20, URL64 },
	{ STR("xoxb-"), REDACT_SLACK, look_prefix, 10, ALNUM | DASH },
	{ STR("xoxp-"), REDACT_SLACK, look_prefix, 10, ALNUM | DASH },
	{ STR("xoxa-"), REDACT_SLACK, look_prefix, 10, ALNUM | DASH },
	{ STR("xoxe-"), REDACT_SLACK, look_prefix, 10, ALNUM | DASH },
	{ STR("xoxe."), REDACT_SLACK, look_prefix, 10, ALNUM | DASH | DOT },
	{ STR("xoxo-"), REDACT_SLACK, look_prefix, 10, ALNUM | DASH },
	{ STR("xoxr-"), REDACT_SLACK, look_prefix, 10, ALNUM | DASH },
	{ STR("xoxs-"), REDACT_SLACK, look_prefix, 10, ALNUM | DASH },
	{ STR("xoxc-"), REDACT_SLACK, look_prefix, 10, ALNUM | DASH },
	{ STR("xoxd-"), REDACT_SLACK, look_prefix, 10, ANY64 },
	{ STR("xapp-"), REDACT_SLACK, look_prefix, 10, ALNUM | DASH },
	{ STR("hooks.slack.com/"), REDACT_SLACK, look_prefix, 20, ALNUM | SLASH },
	{ STR("/api/webhooks/"), REDACT_SERVICE, look_prefix, 40, URL64 | SLASH },
	{ STR("sk_live_"), REDACT_STRIPE, look_prefix, 10, ALNUM },
	{ STR("sk_test_"), REDACT_STRIPE, look_prefix, 10, ALNUM },
	{ STR("rk_live_"), REDACT_STRIPE, look_prefix, 10, ALNUM },
	{ STR("rk_test_"), REDACT_STRIPE, look_prefix, 10, ALNUM },
	{ STR("whsec_"), REDACT_STRIPE, look_prefix, 16, ALNUM | PLUS | SLASH | EQUALS },
	{ STR("sk-"), REDACT_MODEL, look_sk, 20, URL64 },
	{ STR("hf_"), REDACT_MODEL, look_prefix, 30, ALNUM },
	{ STR("gsk_"), REDACT_MODEL, look_prefix, 30, ALNUM },
	{ STR("npm_"), REDACT_PACKAGES, look_prefix, 36, ALNUM },
	{ STR("pypi-"), REDACT_PACKAGES, look_prefix, 50, URL64 },
	{ STR("rubygems_"), REDACT_PACKAGES, look_prefix, 40, HEX },
	{ STR("dckr_pat_"), REDACT_PACKAGES, look_prefix, 20, URL64 },
	{ STR("SG."), REDACT_SERVICE, look_prefix, 60, URL64 | DOT },
	{ STR("dop_v1_"), REDACT_SERVICE, look_prefix, 40, HEX },
	{ STR("shpat_"), REDACT_SERVICE, look_prefix, 30, HEX },
	{ STR("lin_api_"), REDACT_SERVICE, look_prefix, 30, ALNUM },
	{ STR("sntrys_"), REDACT_SERVICE, look_prefix, 30, ANY64 },
	{ STR("hvs."), REDACT_SERVICE, look_prefix, 20, URL64 },
	{ STR("eyJ"), REDACT_JWT, look_token_jwt, 8, URL64 },
	{ STR("://"), REDACT_URL, look_url, 0, 0 },
	{ STR("bearer"), REDACT_AUTHORIZATION, look_bearer, 8, URL64 | DOT | TILDE | PLUS | SLASH | EQUALS | COLON },
	{ STR("basic "), REDACT_AUTHORIZATION, look_basic, 6, ANY64 },
	{ STR("authorization"), REDACT_AUTHORIZATION, look_authorization, 0, 0 },
	{ STR("cookie"), REDACT_COOKIE, look_cookie, 0, 0 },
	{ STR("::add-mask::"), REDACT_SECRET, look_line, 0, 0 },
	{ STR("password"), REDACT_PASSWORD, look_name, 0, 0 },
	{ STR("passwd"), REDACT_PASSWORD, look_name, 0, 0 },
	{ STR("passphrase"), REDACT_PASSWORD, look_name, 0, 0 },
	{ STR("passcode"), REDACT_PASSWORD, look_name, 0, 0 },
	{ STR("kennwort"), REDACT_PASSWORD, look_name, 0, 0 },
	{ STR("pwd"), REDACT_PASSWORD, look_name, 0, 0 },
	{ STR("_pass"), REDACT_PASSWORD, look_name, 0, 0 },
	{ STR("secret"), REDACT_SECRET, look_name, 0, 0 },
	{ STR("credential"), REDACT_SECRET, look_name, 0, 0 },
	{ STR("signature"), REDACT_SECRET, look_name, 16, 0 },
	{ STR("token"), REDACT_TOKEN, look_name, 0, 0 },
	{ STR("api_key"), REDACT_KEY, look_name, 0, 0 },
	{ STR("apikey"), REDACT_KEY, look_name, 0, 0 },
	{ STR("auth_key"), REDACT_KEY, look_name, 0, 0 },
	{ STR("authkey"), REDACT_KEY, look_name, 0, 0 },
	{ STR("access_key"), REDACT_KEY, look_name, 0, 0 },
	{ STR("accesskey"), REDACT_KEY, look_name, 0, 0 },
	{ STR("account_key"), REDACT_KEY, look_name, 0, 0 },
	{ STR("accountkey"), REDACT_KEY, look_name, 0, 0 },
	{ STR("private_key"), REDACT_KEY, look_name, 0, 0 },
	{ STR("privatekey"), REDACT_KEY, look_name, 0, 0 },
	{ STR("encryption_key"), REDACT_KEY, look_name, 0, 0 },
	{ STR("encryptionkey"), REDACT_KEY, look_name, 0, 0 },
	{ STR("signing_key"), REDACT_KEY, look_name, 0, 0 },
	{ STR("signingkey"), REDACT_KEY, look_name, 0, 0 },
	{ STR("master_key"), REDACT_KEY, look_name, 0, 0 },
	{ STR("service_key"), REDACT_KEY, look_name, 0, 0 },
	{ STR("license_key"), REDACT_KEY, look_name, 0, 0 },
};
const size_t redact_n_forms = countof(redact_forms);

struct redactor {
	struct needles *needles;	/* forms, then known secrets */
	struct str *known;
	size_t n_known;
	char *texts;
};

const struct needles *
redactor_needles(const struct redactor *r)
{
	return r->needles;
}

/* Values that every text may have, and what we write ourselves, are no
 * secrets. */
static bool
is_usable(struct str secret)
{
	if (secret.len < REDACT_MIN_BYTES || utf8_check(secret) != secret.len ||
	    str_has(secret, '['))
		return false;
	for (size_t i = 0; i < REDACT__MAX; i++) {
		char mark[64];
		int n = snprintf(mark, sizeof(mark), MARK_BEGIN "%s]",
		    redact_kinds[i]);

		if (str_find(str_n(mark, (size_t)n), secret) < (size_t)n)
			return false;
	}
	return true;
}

struct redactor *
redactor_new(const struct str *secrets, size_t n)
{
	struct redactor *r = calloc(1, sizeof(*r));
	struct str *words = calloc(redact_n_forms + n, sizeof(*words));
	size_t bytes = 0, room = 0;

	for (size_t i = 0; i < n; i++)
		bytes += secrets[i].len;
	if (r) {
		r->known = calloc(n ? n : 1, sizeof(*r->known));
		r->texts = malloc(bytes ? bytes : 1);
	}
	if (!r || !words || !r->known || !r->texts)
		abort();
	for (size_t i = 0; i < redact_n_forms; i++) {
		words[i] = redact_forms[i].word;
		room += words[i].len;
	}
	bytes = 0;
	for (size_t i = 0; i < n; i++) {
		struct str *to = &r->known[r->n_known], look;

		if (!is_usable(secrets[i]))
			continue;
		memcpy(r->texts + bytes, secrets[i].p, secrets[i].len);
		*to = look = str_n(r->texts + bytes, secrets[i].len);
		bytes += to->len;
		if (look.len > KNOWN_LOOK_BYTES)
			look.len = KNOWN_LOOK_BYTES;
		if (room + look.len >= NEEDLES_MAX_BYTES)
			abort();	/* some hundred secrets of one program */
		room += look.len;
		words[redact_n_forms + r->n_known++] = look;
	}
	r->needles = needles_new(words, redact_n_forms + r->n_known);
	free(words);
	return r;
}

void
redactor_free(struct redactor *r)
{
	if (!r)
		return;
	needles_free(r->needles);
	free(r->known);
	free(r->texts);
	free(r);
}

/* What is written, and counted. */
struct writer {
	struct buf *out;
	struct arena *a;	/* instead of out: made when it is needed */
	struct redact_counts *counts;
	size_t copied;		/* of the text */
};

static void
replace(struct writer *w, struct str s, struct span span)
{
	buf_add(w->out, str_n(s.p + w->copied, span.from - w->copied));
	buf_adds(w->out, MARK_BEGIN);
	buf_adds(w->out, redact_kinds[span.kind]);
	buf_addc(w->out, ']');
	w->copied = span.to;
	if (w->counts) {
		w->counts->by[span.kind]++;
		w->counts->all++;
	}
}

/* What was found ahead and begins first; NULL: nothing. */
static struct span *
waiting(struct scan *c)
{
	struct span *first = NULL;

	for (size_t i = 0; i < countof(c->ahead); i++) {
		struct span *w = &c->ahead[i];

		if (w->from < c->done)		/* parts of it are gone */
			w->from = c->done;
		if (w->from < w->to && (!first || w->from < first->from))
			first = w;
	}
	return first;
}

/* A known secret that begins at from: the longest. */
static bool
look_known(const struct redactor *r, const struct scan *c, size_t from,
    struct span *out)
{
	struct str rest = str_n(c->s.p + from, c->s.len - from);

	*out = (struct span){ from, from, REDACT_KNOWN };
	for (size_t i = 0; i < r->n_known; i++)
		if (r->known[i].len > out->to - from &&
		    str_starts(rest, r->known[i]))
			out->to = from + r->known[i].len;
	return out->to > from;
}

static bool
look(const struct redactor *r, struct scan *c, int word, size_t end,
    struct span *out)
{
	const struct form *f = redact_forms;
	size_t from, len;

	if ((size_t)word >= redact_n_forms) {
		len = r->known[(size_t)word - redact_n_forms].len;
		from = end - (len < KNOWN_LOOK_BYTES ? len : KNOWN_LOOK_BYTES);
		return from >= c->done && look_known(r, c, from, out);
	}
	f += word;
	from = end - f->word.len;
	return from >= c->done && f->look(c, f, from, end, out);
}

/* Find the next secret, or mark (from == to), behind c->done. */
static bool
find(const struct redactor *r, struct scan *c, struct needles_at *at,
    struct span *out)
{
	for (;;) {
		struct span *w = waiting(c);
		size_t until = w && w->from > at->at ? w->from : c->s.len;
		int word;

		if (w && w->from <= at->at && !at->more) {
			*out = *w;
			return true;
		}
		word = needles_next(r->needles, at, c->s, until);
		if (word >= 0 && look(r, c, word, at->at, out))
			return true;
		if (word < 0 && until == c->s.len)
			return false;
	}
}

static bool
redact(const struct redactor *r, struct writer *w, struct str s)
{
	struct scan c = { .s = s };
	struct needles_at at = { 0 };
	struct span span;

	while (find(r, &c, &at, &span)) {
		if (span.from < c.done)
			span.from = c.done;
		if (span.from < span.to)
			replace(w, s, span);
		c.done = span.to;
		at = (struct needles_at){ .at = c.done };
	}
	if (w->counts)
		w->counts->open = c.open;
	return w->copied != 0;
}

void
log_redact(const struct redactor *r, struct buf *out, struct str text,
    struct redact_counts *c)
{
	struct writer w = { .out = out, .counts = c };

	redact(r, &w, text);
	buf_add(out, str_n(text.p + w.copied, text.len - w.copied));
}

struct str
log_redacted(const struct redactor *r, struct arena *a, struct str text,
    struct redact_counts *c)
{
	struct buf out = BUF_INIT(SIZE_MAX / 2);
	struct writer w = { .out = &out, .counts = c };
	struct str s = text;

	if (redact(r, &w, text)) {
		buf_add(&out, str_n(text.p + w.copied, text.len - w.copied));
		s = arena_str(a, buf_str(&out));
	}
	buf_free(&out);
	return s;
}
