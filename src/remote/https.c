#include "remote/https.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "remote/https_head.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

#define LIBRARY "libcurl.so.4"
#define CONNECT_MS 5000L
#define TOTAL_MS 60000L
#define SLOW_BYTES 10L			/* a second, for SLOW_S seconds */
#define SLOW_S 30L
#define NDJSON "application/x-ndjson"
#define EVENT_STREAM "text/event-stream"

/* Of libcurl, as its header types them. */
struct api {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *init;
	__typeof__(curl_easy_setopt) *setopt;
	__typeof__(curl_easy_perform) *perform;
	__typeof__(curl_easy_getinfo) *getinfo;
	__typeof__(curl_easy_reset) *reset;
	__typeof__(curl_easy_cleanup) *cleanup;
	__typeof__(curl_easy_strerror) *error_text;
	__typeof__(curl_slist_append) *list_append;
	__typeof__(curl_slist_free_all) *list_free;
};

struct https {
	struct api api;
	void *library;			/* stays loaded until the end */
	CURL *curl;
};

/* One answer on its way in. */
struct intake {
	struct https *h;
	const struct https_request *r;
	struct arena *a;
	struct https_answer said;	/* by its headers, so far */
	size_t head_bytes;
	struct buf body;
	size_t told;			/* of body: lines that were handed on */
	int64_t heard_ms;		/* when a byte of a stream came */
	bool silent;			/* for too long */
	bool enough;			/* on_piece wants no more */
};

struct https *
https_new(void)
{
	struct https *h = calloc(1, sizeof(*h));

	if (!h)
		abort();
	return h;
}

void
https_free(struct https *h)
{
	if (!h)
		return;
	if (h->curl)
		h->api.cleanup(h->curl);
	free(h);
}

static int
load(struct https *h, struct err *e)
{
	const struct {
		const char *name;
		void *to;
	} names[] = {
		{ "curl_global_init", &h->api.global_init },
		{ "curl_easy_init", &h->api.init },
		{ "curl_easy_setopt", &h->api.setopt },
		{ "curl_easy_perform", &h->api.perform },
		{ "curl_easy_getinfo", &h->api.getinfo },
		{ "curl_easy_reset", &h->api.reset },
		{ "curl_easy_cleanup", &h->api.cleanup },
		{ "curl_easy_strerror", &h->api.error_text },
		{ "curl_slist_append", &h->api.list_append },
		{ "curl_slist_free_all", &h->api.list_free },
	};

	if (h->curl)
		return 0;
	h->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!h->library)
		return err_set(e, ERR_NOT_READY, "requests need libcurl: %s",
		    dlerror());
	for (size_t i = 0; i < countof(names); i++) {
		void *f = dlsym(h->library, names[i].name);

		if (!f)
			return err_set(e, ERR_NOT_READY,
			    LIBRARY " has no %s", names[i].name);
		memcpy(names[i].to, &f, sizeof(f));
	}
	if (h->api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    !(h->curl = h->api.init()))
		return err_set(e, ERR_NOT_READY, "libcurl does not start");
	return 0;
}

/* Whole lines that have not been handed on yet. */
static void
tell_lines(struct intake *in)
{
	struct str rest = str_n(in->body.p + in->told, in->body.len - in->told);

	while (str_has(rest, '\n')) {
		struct str line = str_cut(&rest, '\n');

		in->told = in->body.len - rest.len;
		in->r->on_line(in->r->to, line);
	}
}

/* Bytes of an event stream; what a server says to an error is none. */
static bool
stream_bytes(struct intake *in, struct str bytes)
{
	struct https_stream *s = in->r->stream;
	long status = 0;

	if (!s->opened) {
		in->h->api.getinfo(in->h->curl, CURLINFO_RESPONSE_CODE,
		    &status);
		s->opened = status == 200 &&
		    str_is(in->said.type, EVENT_STREAM);
	}
	if (s->opened && !s->on_bytes(s->to, bytes))
		s->stopped = true;
	in->heard_ms = clock_mono_ms();	/* on_bytes may have taken long */
	return s->opened;
}

/* Not 0 ends the transfer. */
static int
on_progress(void *to, curl_off_t total, curl_off_t got, curl_off_t to_send,
    curl_off_t sent)
{
	struct intake *in = to;
	struct https_stream *s = in->r->stream;

	(void)total;
	(void)got;
	(void)to_send;
	(void)sent;
	s->stopped |= !s->goes_on(s->to);
	in->silent = clock_mono_ms() - in->heard_ms > s->silence_ms;
	return s->stopped || in->silent;
}

/* Not all of it taken ends the transfer. */
static size_t
on_body(char *p, size_t size, size_t n, void *to)
{
	struct intake *in = to;
	long status = 0;

	if (in->r->stream && stream_bytes(in, str_n(p, size * n)))
		return in->r->stream->stopped ? 0 : size * n;
	in->h->api.getinfo(in->h->curl, CURLINFO_RESPONSE_CODE, &status);
	if (in->r->on_piece && status == 200) {
		in->enough = !in->r->on_piece(in->r->to, str_n(p, size * n));
		return in->enough ? 0 : size * n;
	}
	buf_add(&in->body, str_n(p, size * n));
	if (in->body.full)
		return 0;
	if (in->r->on_line && str_starts(in->said.type, STR(NDJSON)))
		tell_lines(in);
	return size * n;
}

static size_t
on_header(char *p, size_t size, size_t n, void *to)
{
	struct intake *in = to;

	in->head_bytes += size * n;
	if (in->head_bytes > HTTPS_HEAD_MAX_BYTES)
		return 0;
	https_head_line(&in->said, in->a, str_n(p, size * n));
	return size * n;
}

/* One header line; the value of a secret goes nowhere else. */
static struct curl_slist *
header(struct https *h, struct curl_slist *list, struct arena *a,
    const char *name, struct str value)
{
	struct curl_slist *longer;

	if (!value.p)
		return list;
	longer = h->api.list_append(list,
	    arena_fmt(a, "%s: %.*s", name, STR_ARG(value)).p);
	return longer ? longer : list;
}

/* Whose certificates are good, as curl(1) is told; libcurl does not ask. */
static void
set_trust(struct https *h)
{
	const char *bundle = getenv("CURL_CA_BUNDLE");

	if (bundle && bundle[0])
		h->api.setopt(h->curl, CURLOPT_CAINFO, bundle);
}

/* How long it may take. */
static void
set_times(struct https *h, struct intake *in)
{
	__typeof__(h->api.setopt) set = h->api.setopt;

	set(h->curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	if (in->r->stream) {
		in->heard_ms = clock_mono_ms();
		set(h->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
		set(h->curl, CURLOPT_XFERINFODATA, in);
		set(h->curl, CURLOPT_NOPROGRESS, 0L);
		return;
	}
	set(h->curl, CURLOPT_TIMEOUT_MS, in->r->total_ms ?
	    (long)in->r->total_ms : TOTAL_MS);
	set(h->curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	set(h->curl, CURLOPT_LOW_SPEED_TIME, SLOW_S);
}

static void
set_up(struct https *h, struct intake *in, struct curl_slist *headers)
{
	const struct https_request *r = in->r;
	__typeof__(h->api.setopt) set = h->api.setopt;
	CURL *c = h->curl;

	h->api.reset(c);
	set(c, CURLOPT_URL, arena_cstr(in->a, r->url));
	set(c, CURLOPT_PROTOCOLS_STR, "http,https");
	set(c, CURLOPT_FOLLOWLOCATION, 0L);
	set(c, CURLOPT_NOSIGNAL, 1L);
	set_times(h, in);
	set_trust(h);
	set(c, CURLOPT_FRESH_CONNECT, r->once ? 1L : 0L);
	set(c, CURLOPT_USERAGENT, r->agent.p ? arena_cstr(in->a, r->agent) :
	    "patchctl/" PACKAGE_VERSION);
	set(c, CURLOPT_HTTPHEADER, headers);
	set(c, CURLOPT_WRITEFUNCTION, on_body);
	set(c, CURLOPT_WRITEDATA, in);
	set(c, CURLOPT_HEADERFUNCTION, on_header);
	set(c, CURLOPT_HEADERDATA, in);
	if (r->body.p) {
		set(c, CURLOPT_POST, 1L);
		set(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
		set(c, CURLOPT_POSTFIELDS, r->body.p);
	}
	set(c, CURLOPT_CUSTOMREQUEST, r->method);
}

/* What libcurl says, as one of our errors. */
static int
failed(const struct intake *in, CURLcode code, const char *why, struct err *e)
{
	struct str url = https_url_shown(in->r->url);
	const struct https_stream *s = in->r->stream;

	if (!why[0])
		why = in->h->api.error_text(code);
	if (in->body.full)
		return err_set(e, ERR_LIMIT_EXCEEDED, "the answer of %.*s has "
		    "more than %zu bytes", STR_ARG(url), in->body.max);
	if (in->head_bytes > HTTPS_HEAD_MAX_BYTES)
		return err_set(e, ERR_LIMIT_EXCEEDED, "the headers of %.*s "
		    "have more than %zu bytes", STR_ARG(url),
		    HTTPS_HEAD_MAX_BYTES);
	if (code == CURLE_URL_MALFORMAT)
		return err_set(e, ERR_USAGE, "%.*s is no address",
		    STR_ARG(url));
	if (in->silent)
		return err_set(e, ERR_UNREACHABLE, "nothing was heard from "
		    "%.*s for %lld s", STR_ARG(url),
		    (long long)s->silence_ms / 1000);
	if (s && (code == CURLE_PEER_FAILED_VERIFICATION ||
	    code == CURLE_SSL_CACERT_BADFILE))
		return err_set(e, ERR_NOT_READY, "%.*s cannot be trusted: %s",
		    STR_ARG(url), why);
	return err_set(e, ERR_UNREACHABLE, "%s %.*s: %s", s && s->opened ?
	    "the stream broke off from" : "no answer from", STR_ARG(url),
	    why);
}

/* What goes into a header may not end it. */
static int
values_check(const struct https_request *r, struct err *e)
{
	const struct https_header own[] = {
		{ "Authorization", r->token }, { "Accept", r->accept },
		{ "Idempotency-Key", r->idempotency_key },
		{ "Last-Event-ID", r->last_event_id },
		{ "User-Agent", r->agent },
	};

	for (size_t i = 0; i < countof(own) + r->n_headers; i++) {
		const struct https_header *h = i < countof(own) ? &own[i] :
		    &r->headers[i - countof(own)];

		for (size_t j = 0; j < h->value.len; j++)
			if ((unsigned char)h->value.p[j] < ' ' ||
			    h->value.p[j] == 0x7f)
				return err_set(e, ERR_USAGE, "the header %s "
				    "would have a control character in it",
				    h->name);
	}
	return 0;
}

static struct curl_slist *
all_headers(struct https *h, struct arena *a, const struct https_request *r)
{
	struct curl_slist *list = NULL;

	list = header(h, list, a, "Accept",
	    r->accept.p ? r->accept : STR("application/json"));
	list = header(h, list, a, "Authorization", r->token.p ?
	    arena_fmt(a, "Bearer %.*s", STR_ARG(r->token)) : STR_NONE);
	list = header(h, list, a, "Idempotency-Key", r->idempotency_key);
	list = header(h, list, a, "Last-Event-ID", r->last_event_id);
	list = header(h, list, a, "Content-Type",
	    r->body.p ? STR("application/json") : STR_NONE);
	list = header(h, list, a, "Expect", STR(""));
	for (size_t i = 0; i < r->n_headers; i++)
		list = header(h, list, a, r->headers[i].name,
		    r->headers[i].value);
	return list;
}

/* The transfer ended as somebody here wanted it. */
static bool
was_stopped(const struct intake *in)
{
	return in->enough || (in->r->stream && in->r->stream->stopped);
}

static int
perform(struct intake *in, struct https_answer *out, struct err *e)
{
	struct https *h = in->h;
	const struct https_request *r = in->r;
	struct curl_slist *list = all_headers(h, in->a, r);
	char why[CURL_ERROR_SIZE] = "";
	long status = 0, sent = 0;
	CURLcode code;
	int rc = 0;

	set_up(h, in, list);
	h->api.setopt(h->curl, CURLOPT_ERRORBUFFER, why);
	code = h->api.perform(h->curl);
	h->api.getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	h->api.getinfo(h->curl, CURLINFO_REQUEST_SIZE, &sent);
	if (code != CURLE_OK && !was_stopped(in))
		rc = failed(in, code, why, e);
	else if (r->on_line && str_starts(in->said.type, STR(NDJSON)) &&
	    in->told < in->body.len)	/* a last line without its end */
		r->on_line(r->to, str_n(in->body.p + in->told,
		    in->body.len - in->told));
	*out = in->said;
	out->sent = sent > 0;
	if (rc == 0) {
		out->status = (int)status;
		out->body = arena_str(in->a, buf_str(&in->body));
	}
	h->api.setopt(h->curl, CURLOPT_ERRORBUFFER, NULL);
	h->api.list_free(list);
	return rc;
}

/* Also when it goes no further than this, *out is what is known. */
static int
send_to(struct https *h, struct arena *a, const struct https_request *r,
    struct https_answer *out, struct err *e)
{
	struct intake in = { .h = h, .r = r, .a = a,
	    .said = https_head_none(), .body = BUF_INIT(r->answer_max) };
	int rc;

	*out = https_head_none();
	if (values_check(r, e) != 0 || load(h, e) != 0)
		return -1;
	rc = perform(&in, out, e);
	buf_free(&in.body);
	return rc;
}

int
https_send(struct https *h, struct arena *a, const struct https_request *r,
    struct https_answer *out, struct err *e)
{
	struct https_url u, base;

	*out = https_head_none();
	if (https_url_read(r->url, &u, e) != 0)
		return -1;
	if (!r->policy)
		return send_to(h, a, r, out, e);
	if (https_url_read(r->policy->base, &base, e) != 0)
		return -1;
	if (!https_url_same(&u, &base))
		return err_set(e, ERR_CONFIG, "%.*s is not asked: only "
		    "%.*s is configured", STR_ARG(u.authority),
		    STR_ARG(base.authority));
	if (!u.secure && !r->policy->plain && !https_url_here(&u))
		return err_set(e, ERR_CONFIG, "http://%.*s is not asked: "
		    "other machines are asked by https only",
		    STR_ARG(u.authority));
	return send_to(h, a, r, out, e);
}

int
https_follow_download(struct https *h, struct arena *a,
    const struct https_request *r, struct https_answer *out, struct err *e)
{
	struct https_request bare = *r;
	struct https_url u, from;

	*out = https_head_none();
	if (https_url_read(r->url, &u, e) != 0 ||
	    https_url_read(r->policy->base, &from, e) != 0)
		return -1;
	if (!u.secure && !(https_url_here(&u) && https_url_here(&from)))
		return err_set(e, ERR_UNREACHABLE, "%.*s leads to "
		    "http://%.*s, which is not asked: https is wanted",
		    STR_ARG(from.authority), STR_ARG(u.authority));
	bare.method = "GET";
	bare.token = bare.body = bare.idempotency_key = STR_NONE;
	bare.n_headers = 0;
	return send_to(h, a, &bare, out, e);
}
