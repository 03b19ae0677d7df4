#include "broadcastd/handshake.h"

#include <http_parser.h>
#include <openssl/evp.h>
#include <strings.h>

#include "contract/problem.h"
#include "contract/query.h"

/* Which headers are looked at; each may come once. */
enum header {
	H_HOST, H_UPGRADE, H_CONNECTION, H_KEY, H_VERSION, H_PROTOCOL, H_ORIGIN,
	H_AUTHORIZATION, H_LAST_EVENT_ID, H_LENGTH, H_ENCODING, H__MAX
};

static const char *const header_names[H__MAX] = {
	"Host", "Upgrade", "Connection", "Sec-WebSocket-Key",
	"Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Origin",
	"Authorization", "Last-Event-ID", "Content-Length", "Transfer-Encoding",
};

struct head {
	struct arena *a;
	struct str url, value[H__MAX];
	struct str name, text;		/* the header being read */
	bool in_value, twice, done;
};

static void
finish_header(struct head *h)
{
	if (!h->in_value)
		return;
	for (int i = 0; i < H__MAX; i++) {
		if (h->name.len != strlen(header_names[i]) ||
		    strncasecmp(h->name.p, header_names[i], h->name.len) != 0)
			continue;
		h->twice = h->twice || h->value[i].p;
		h->value[i] = arena_str(h->a, h->text);
	}
	h->name = h->text = STR("");
	h->in_value = false;
}

static struct str
joined(struct head *h, struct str a, const char *p, size_t n)
{
	return arena_fmt(h->a, "%.*s%.*s", STR_ARG(a), (int)n, p);
}

static int
on_url(http_parser *p, const char *at, size_t n)
{
	struct head *h = p->data;

	h->url = joined(h, h->url, at, n);
	return 0;
}

static int
on_field(http_parser *p, const char *at, size_t n)
{
	struct head *h = p->data;

	finish_header(h);
	h->name = joined(h, h->name, at, n);
	return 0;
}

static int
on_value(http_parser *p, const char *at, size_t n)
{
	struct head *h = p->data;

	h->text = joined(h, h->text, at, n);
	h->in_value = true;
	return 0;
}

static int
on_done(http_parser *p)
{
	struct head *h = p->data;

	finish_header(h);
	h->done = true;
	return 1;		/* no body, no next request */
}

static bool
has_token(struct str list, const char *wanted)
{
	while (list.p) {
		struct str one = str_trim(str_cut(&list, ','));

		if (one.len == strlen(wanted) &&
		    strncasecmp(one.p, wanted, one.len) == 0)
			return true;
	}
	return false;
}

/* Browsers tell where a script comes from; everyone else has no Origin. */
static int
check_origin(const struct head *h, struct str origins, struct err *e)
{
	struct str origin = h->value[H_ORIGIN], rest = origin, scheme;

	if (!origin.p || has_token(origins, "*"))
		return 0;
	while (origins.p)
		if (str_eq(str_trim(str_cut(&origins, ',')), origin))
			return 0;
	scheme = str_cut(&rest, ':');
	if ((str_is(scheme, "http") || str_is(scheme, "https")) &&
	    str_starts(rest, STR("//")) && h->value[H_HOST].p &&
	    str_eq(str_n(rest.p + 2, rest.len - 2), h->value[H_HOST]))
		return 0;
	return err_set(e, ERR_ORIGIN_DENIED, "the origin %.*s may not subscribe",
	    (int)(origin.len > 200 ? 200 : origin.len), origin.p);
}

static int
take_token(const struct head *h, struct handshake *out, struct err *e)
{
	struct str list = h->value[H_PROTOCOL], auth = h->value[H_AUTHORIZATION];
	struct str scheme;

	out->subprotocol = has_token(list, "patchwarden.v1");
	while (list.p) {
		struct str one = str_trim(str_cut(&list, ','));

		if (str_starts(one, STR("bearer.")))
			out->token = str_n(one.p + 7, one.len - 7);
	}
	if (!auth.p)
		return 0;
	scheme = str_cut(&auth, ' ');
	if (scheme.len != 6 || strncasecmp(scheme.p, "Bearer", 6) != 0)
		return err_set(e, ERR_UNAUTHORIZED,
		    "the Authorization header is not of the scheme Bearer");
	out->token = str_trim(auth);
	return 0;
}

static int
check_upgrade(const struct head *h, struct handshake *out, struct err *e)
{
	unsigned char key[32];

	if (!has_token(h->value[H_UPGRADE], "websocket") ||
	    !has_token(h->value[H_CONNECTION], "upgrade"))
		return err_set(e, ERR_UPGRADE_REQUIRED,
		    "/ws takes WebSocket handshakes only");
	if (!str_is(str_trim(h->value[H_VERSION]), "13"))
		return err_set(e, ERR_UPGRADE_REQUIRED,
		    "Sec-WebSocket-Version must be 13");
	out->key = str_trim(h->value[H_KEY]);
	if (out->key.len != 24 || EVP_DecodeBlock(key,
	    (const unsigned char *)out->key.p, 24) != 18)
		return err_set(e, ERR_BAD_REQUEST,
		    "Sec-WebSocket-Key must be 16 bytes in base64");
	return 0;
}

static int
take_position(struct handshake *h, struct str v, struct err *e)
{
	if (str_is(v, "now"))
		h->since = SINCE_NOW;
	else if (str_is(v, "earliest"))
		h->since = SINCE_EARLIEST;
	else if (str_int(v, &h->since_seq) && h->since_seq >= 0)
		h->since = SINCE_SEQ;
	else
		return err_set(e, ERR_BAD_QUERY,
		    "since must be now, earliest or a position");
	return 0;
}

int
handshake_param(struct handshake *h, struct str name, struct str value,
    struct err *e)
{
	int rc = event_filter_set(&h->filter, name, value, e);

	if (rc == 0)
		h->filtered = true;
	if (rc <= 0)
		return rc;
	if (str_is(name, "since"))
		return take_position(h, value, e);
	if (!str_is(name, "epoch"))
		return err_set(e, ERR_BAD_QUERY,
		    "there is no such parameter here");
	h->epoch = value;
	return 0;
}

static int
take_target(const struct head *h, struct handshake *out, struct err *e)
{
	struct str query = h->url, path = str_cut(&query, '?');
	struct query_param *p;
	size_t n;

	if (str_is(path, "/ws"))
		out->transport = TRANSPORT_WS;
	else if (str_is(path, "/sse"))
		out->transport = TRANSPORT_SSE;
	else
		return err_set(e, ERR_NOT_FOUND, "/ws and /sse are served here");
	event_filter_all(&out->filter);
	if (query_parse(query, h->a, &p, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (handshake_param(out, p[i].name, p[i].value, e) != 0)
			return err_at(e, "?%.*s", (int)(p[i].name.len > 80 ?
			    80 : p[i].name.len), p[i].name.p);
	/* what a reconnecting client adds by itself is newer than its address */
	if (h->value[H_LAST_EVENT_ID].len) {
		out->since = SINCE_SEQ;
		if (take_position(out, str_trim(h->value[H_LAST_EVENT_ID]), e)
		    != 0)
			return err_at(e, "Last-Event-ID");
	}
	return 0;
}

static int
judge(const struct head *h, const http_parser *p, struct str origins,
    struct handshake *out, struct err *e)
{
	if (h->twice)
		return err_set(e, ERR_DUPLICATE_HEADER,
		    "a header that may come once came twice");
	if (h->value[H_ENCODING].p || (h->value[H_LENGTH].p &&
	    !str_is(str_trim(h->value[H_LENGTH]), "0")))
		return err_set(e, ERR_BAD_REQUEST,
		    "a subscription has no body");
	if (take_target(h, out, e) != 0)
		return -1;
	if (p->method != HTTP_GET)
		return err_set(e, ERR_METHOD_NOT_ALLOWED,
		    "subscriptions are made with GET");
	if (check_origin(h, origins, e) != 0 || take_token(h, out, e) != 0)
		return -1;
	if (out->transport == TRANSPORT_WS)
		return check_upgrade(h, out, e);
	return 0;
}

int
handshake_read(struct str bytes, struct str origins, struct arena *a,
    struct handshake *out, struct err *e)
{
	http_parser_settings settings = {
		.on_url = on_url, .on_header_field = on_field,
		.on_header_value = on_value, .on_headers_complete = on_done,
	};
	struct head h = { .a = a, .url = STR(""), .name = STR(""),
	    .text = STR("") };
	http_parser p;
	size_t end = str_find(bytes, STR("\r\n\r\n"));

	*out = (struct handshake){ .since = SINCE_NOW };
	if (end == bytes.len && bytes.len >= HANDSHAKE_BYTES)
		return err_set(e, ERR_BAD_REQUEST,
		    "the head is longer than %zu bytes", HANDSHAKE_BYTES);
	/* a parser that is fed the whole head needs no state between reads */
	http_parser_init(&p, HTTP_REQUEST);
	p.data = &h;
	http_parser_execute(&p, &settings, bytes.p, bytes.len);
	if (h.done)
		return judge(&h, &p, origins, out, e) == 0 ? 1 : -1;
	if (HTTP_PARSER_ERRNO(&p) != HPE_OK)
		return err_set(e, ERR_BAD_REQUEST, "not HTTP: %s",
		    http_errno_description(HTTP_PARSER_ERRNO(&p)));
	return 0;
}

struct str
handshake_accept(struct arena *a, struct str key)
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	struct str text = arena_fmt(a, "%.*s%s", STR_ARG(key), guid);
	unsigned char sum[EVP_MAX_MD_SIZE];
	char *out = arena_alloc(a, 64);
	unsigned n = 0;

	if (!EVP_Digest(text.p, text.len, sum, &n, EVP_sha1(), NULL))
		abort();
	EVP_EncodeBlock((unsigned char *)out, sum, (int)n);
	return str(out);
}

static const char *
reason(int status)
{
	static const struct { int status; const char *text; } rows[] = {
		{ 400, "Bad Request" }, { 401, "Unauthorized" },
		{ 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 408, "Request Timeout" },
		{ 426, "Upgrade Required" }, { 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < countof(rows); i++)
		if (rows[i].status == status)
			return rows[i].text;
	return "Error";
}

void
handshake_refuse(struct buf *out, const struct err *e)
{
	int status = err_row(e->kind)->status;
	struct buf body = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&body);

	json_object_open(&w);
	problem_members(&w, e, STR_NONE);
	json_object_close(&w);
	buf_addf(out, "HTTP/1.1 %d %s\r\nContent-Type: " PROBLEM_TYPE "\r\n"
	    "Content-Length: %zu\r\nCache-Control: no-store\r\n"
	    "Connection: close\r\n", status, reason(status), body.len);
	if (status == 401)
		buf_adds(out, "WWW-Authenticate: Bearer realm=\"patchwarden\"\r\n");
	else if (status == 405)
		buf_adds(out, "Allow: GET\r\n");
	else if (status == 426)
		buf_adds(out, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
	else if (status == 503)
		buf_adds(out, "Retry-After: 5\r\n");
	buf_adds(out, "\r\n");
	buf_add(out, buf_str(&body));
	buf_free(&body);
}
