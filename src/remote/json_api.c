#include "remote/json_api.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

#define FIRST_PAUSE_MS 1000
#define TRIES_MAX 4
#define SAYS_BYTES 300		/* of what a server says */

int
json_api_open(struct json_api *api, struct err *e)
{
	struct err why = { 0 };

	if (https_url_check(api->base, &why) != 0)
		return err_set(e, ERR_CONFIG, "the address of %s: %s",
		    api->name, why.detail);
	while (str_ends(api->base, STR("/")))
		api->base.len--;
	api->https = https_new();
	return 0;
}

void
json_api_close(struct json_api *api)
{
	https_free(api->https);
	api->https = NULL;
}

/* It may be different after a while. */
static bool
is_busy(int status)
{
	return status == 429 || (status >= 502 && status <= 504);
}

static int
ask_once(struct json_api *api, struct arena *a, struct https_request *r,
    struct json_answer *out, struct err *e)
{
	struct https_answer got;
	struct err why = { 0 };

	*out = (struct json_answer){ .retry_after_s = -1 };
	if (https_send(api->https, a, r, &got, e) != 0)
		return -1;
	out->status = got.status;
	out->type = got.type;
	out->retry_after_s = got.retry_after_s;
	if (json_parse(got.body, a, &out->doc, &why) != 0)
		out->doc = NULL;
	return 0;
}

int
json_api_ask(struct json_api *api, struct arena *a, struct str path,
    struct str body, struct json_answer *out, struct err *e)
{
	const struct https_policy policy = { api->base, api->plain };
	struct https_request r = {
		.method = body.p ? "POST" : "GET", .body = body,
		.url = arena_fmt(a, "%.*s%.*s", STR_ARG(api->base),
		    STR_ARG(path)),
		.agent = STR("patchwarden/" PACKAGE_VERSION),
		.policy = &policy, .token = str_some(api->token),
		.answer_max = api->answer_max,
	};
	int64_t end = clock_mono_ms() + api->patience_ms;
	int64_t pause = FIRST_PAUSE_MS;

	for (int tries = 1;; tries++) {
		struct err why = { 0 };
		int64_t left = end - clock_mono_ms(), wait = pause;
		int rc;

		r.total_ms = left < api->total_ms ? left : api->total_ms;
		r.total_ms = r.total_ms > 0 ? r.total_ms : 1;
		rc = ask_once(api, a, &r, out, &why);
		if (rc == 0 && !is_busy(out->status))
			return 0;
		if (rc == 0 && out->retry_after_s >= 0)
			wait = out->retry_after_s > 86400 ? INT64_MAX / 2 :
			    out->retry_after_s * 1000;
		if ((rc != 0 && why.kind != ERR_UNREACHABLE) ||
		    tries == TRIES_MAX || clock_mono_ms() + wait >= end) {
			if (rc != 0 && e)
				*e = why;
			return rc;
		}
		if (rc == 0)
			json_doc_free(out->doc);
		clock_sleep_ms((int)wait);
		pause *= 2;
	}
}

/* The first text that is where such servers put what they say. */
static struct str
said(const struct json *n, int depth)
{
	static const char *const names[] = {
		"errors", "error", "message", "detail", "title", "code"
	};
	const struct json *v;
	struct str found;

	if (json_kind(n) == JSON_STRING)
		return json_as_str(n);
	if (depth == 4)
		return STR_NONE;
	if (json_kind(n) == JSON_ARRAY)
		return json_count(n) ? said(json_item(n, 0), depth + 1) :
		    STR_NONE;
	if (json_kind(n) != JSON_OBJECT)
		return STR_NONE;
	for (size_t i = 0; i < countof(names); i++) {
		if (!json_member(n, names[i], &v))
			continue;
		found = said(v, depth + 1);
		if (found.len)
			return found;
	}
	return STR_NONE;
}

/* One line of it, unless it repeats our secret. */
static void
add_said(struct buf *out, const struct json_api *api, struct str text)
{
	size_t n = text.len;

	if (!text.len || (api->token.len &&
	    str_find(text, api->token) < text.len))
		return;
	if (n > SAYS_BYTES)
		for (n = SAYS_BYTES; (text.p[n] & 0xc0) == 0x80; )
			n--;
	buf_adds(out, ": ");
	for (size_t i = 0; i < n; i++)
		buf_addc(out, (unsigned char)text.p[i] < ' ' ||
		    text.p[i] == 0x7f ? ' ' : text.p[i]);
}

int
json_api_refused(const struct json_api *api, const struct json_answer *w,
    struct err *e)
{
	struct buf words = BUF_INIT(KIB(1));
	enum err_kind kind = ERR_UNREACHABLE;

	if (w->doc)
		add_said(&words, api, said(json_root(w->doc), 0));
	else
		buf_addf(&words, " with %.*s that is no JSON",
		    w->type.len ? (int)(w->type.len > 60 ? 60 : w->type.len) :
		    9, w->type.len ? w->type.p : "something");
	if (w->status == 401 || w->status == 403) {
		kind = ERR_CONFIG;
		buf_adds(&words, "; its token is missing, wrong, or may not "
		    "do this");
	}
	err_set(e, kind, "%s answered %d%.*s", api->name, w->status,
	    STR_ARG(buf_str(&words)));
	if (w->retry_after_s > 0 && w->retry_after_s < 86400)
		err_retry(e, (int)w->retry_after_s);
	buf_free(&words);
	return -1;
}
