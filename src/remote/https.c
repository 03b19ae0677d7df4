#include "remote/https.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"

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
	struct buf body, type;
	size_t told;			/* of body: lines that were handed on */
	int64_t retry_after_s;
	int64_t heard_ms;		/* when a byte of a stream came */
	bool silent;			/* for too long */
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
		s->opened = status == 200 && buf_is(&in->type, EVENT_STREAM);
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

static size_t
on_body(char *p, size_t size, size_t n, void *to)
{
	struct intake *in = to;

	if (in->r->stream && stream_bytes(in, str_n(p, size * n)))
		return in->r->stream->stopped ? 0 : size * n;
	buf_add(&in->body, str_n(p, size * n));
	if (in->body.full)
		return 0;		/* ends the transfer */
	if (in->r->on_line && str_starts(buf_str(&in->type), STR(NDJSON)))
		tell_lines(in);
	return size * n;
}

static size_t
on_header(char *p, size_t size, size_t n, void *to)
{
	struct intake *in = to;
	struct str value = str_n(p, size * n), name = str_cut(&value, ':');

	while (value.len && (value.p[value.len - 1] == '\n' ||
	    value.p[value.len - 1] == '\r'))
		value.len--;
	value = str_trim(value);
	if (name.len == 12 && !strncasecmp(name.p, "Content-Type", 12)) {
		buf_reset(&in->type);
		buf_add(&in->type, str_trim(str_cut(&value, ';')));
	} else if (name.len == 11 && !strncasecmp(name.p, "Retry-After", 11)) {
		if (!str_int(value, &in->retry_after_s))
			in->retry_after_s = -1;
	}
	return size * n;
}

int
https_url_check(struct str url, struct err *e)
{
	bool odd = false;
	size_t from = str_starts(url, STR("http://")) ? 7 :
	    str_starts(url, STR("https://")) ? 8 : 0;

	for (size_t i = 0; i < url.len; i++)
		odd |= (unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f;
	if (!from || from == url.len || url.p[from] == '/' || odd)
		return err_set(e, ERR_USAGE, "%.*s is no address: "
		    "http://HOST[:PORT] or https:// is needed",
		    (int)(url.len < 200 ? url.len : 200), url.p);
	return 0;
}

bool
https_url_bare(struct str url)
{
	struct str rest = url;

	for (int i = 0; i < 3; i++)	/* scheme, nothing, host */
		str_cut(&rest, '/');
	return !rest.p || rest.len == 0;
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
	set(h->curl, CURLOPT_TIMEOUT_MS, TOTAL_MS);
	set(h->curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	set(h->curl, CURLOPT_LOW_SPEED_TIME, SLOW_S);
}

static void
set_up(struct https *h, struct arena *a, struct intake *in,
    struct curl_slist *headers)
{
	const struct https_request *r = in->r;
	__typeof__(h->api.setopt) set = h->api.setopt;
	CURL *c = h->curl;

	h->api.reset(c);
	set(c, CURLOPT_URL, arena_cstr(a, r->url));
	set(c, CURLOPT_PROTOCOLS_STR, "http,https");
	set(c, CURLOPT_FOLLOWLOCATION, 0L);
	set(c, CURLOPT_NOSIGNAL, 1L);
	set_times(h, in);
	set_trust(h);
	set(c, CURLOPT_USERAGENT, "patchctl/" PACKAGE_VERSION);
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
	struct str url = in->r->url;
	const struct https_stream *s = in->r->stream;

	if (!why[0])
		why = in->h->api.error_text(code);
	if (in->body.full)
		return err_set(e, ERR_LIMIT_EXCEEDED, "the answer of %.*s has "
		    "more than %zu bytes", STR_ARG(url), in->body.max);
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

int
https_send(struct https *h, struct arena *a, const struct https_request *r,
    struct https_answer *out, struct err *e)
{
	struct intake in = { .h = h, .r = r, .body = BUF_INIT(r->answer_max),
	    .type = BUF_INIT(KIB(1)), .retry_after_s = -1 };
	char why[CURL_ERROR_SIZE] = "";
	struct curl_slist *list = NULL;
	CURLcode code;
	long status = 0;
	int rc = -1;

	if (https_url_check(r->url, e) != 0 || load(h, e) != 0)
		return -1;
	list = header(h, list, a, "Accept",
	    r->accept.p ? r->accept : STR("application/json"));
	list = header(h, list, a, "Authorization", r->token.p ?
	    arena_fmt(a, "Bearer %.*s", STR_ARG(r->token)) : STR_NONE);
	list = header(h, list, a, "Idempotency-Key", r->idempotency_key);
	list = header(h, list, a, "Last-Event-ID", r->last_event_id);
	list = header(h, list, a, "Content-Type",
	    r->body.p ? STR("application/json") : STR_NONE);
	list = header(h, list, a, "Expect", STR(""));
	set_up(h, a, &in, list);
	h->api.setopt(h->curl, CURLOPT_ERRORBUFFER, why);
	code = h->api.perform(h->curl);
	h->api.getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK && !(r->stream && r->stream->stopped)) {
		failed(&in, code, why, e);
		goto out;
	}
	if (r->on_line && str_starts(buf_str(&in.type), STR(NDJSON)) &&
	    in.told < in.body.len)	/* a last line without its end */
		r->on_line(r->to, str_n(in.body.p + in.told,
		    in.body.len - in.told));
	*out = (struct https_answer){ (int)status,
	    arena_str(a, buf_str(&in.type)), arena_str(a, buf_str(&in.body)),
	    in.retry_after_s };
	rc = 0;
out:
	h->api.setopt(h->curl, CURLOPT_ERRORBUFFER, NULL);
	h->api.list_free(list);
	buf_free(&in.body);
	buf_free(&in.type);
	return rc;
}
