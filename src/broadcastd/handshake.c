#include "broadcastd/handshake.h"

#include <http_parser.h>
#include <stdlib.h>
#include <strings.h>

#include "base/utf8.h"

#define HEADERS_MAX 64

/* Part of what was received. */
struct piece {
	size_t at, len;
};

struct handshake {
	http_parser parser;
	struct buf text;	/* what the parser hands out, one after another */
	size_t fed;
	struct piece url, path, query, name[HEADERS_MAX], value[HEADERS_MAX];
	unsigned n;
	bool in_value, has_query, done;
	struct err fault;
};

/* Headers of which a second one would be a second opinion. */
static const char *const single[] = {
	"host", "authorization", "origin", "last-event-id", "content-length",
	"sec-websocket-key", "sec-websocket-version",
};

static int
piece_add(struct handshake *h, struct piece *to, const char *p, size_t len)
{
	if (to->len == 0)
		to->at = h->text.len;
	to->len += len;
	buf_add(&h->text, str_n(p, len));
	return 0;
}

static struct str
piece_str(const struct handshake *h, struct piece at)
{
	return str_n(h->text.p ? h->text.p + at.at : "", at.len);
}

static int
on_url(http_parser *p, const char *at, size_t len)
{
	struct handshake *h = p->data;

	return piece_add(h, &h->url, at, len);
}

static int
on_name(http_parser *p, const char *at, size_t len)
{
	struct handshake *h = p->data;

	if (h->in_value || h->n == 0) {
		if (h->n == HEADERS_MAX)
			return err_set(&h->fault, ERR_BAD_REQUEST,
			    "the request has more than %d headers",
			    HEADERS_MAX);
		h->n++;
		h->in_value = false;
	}
	return piece_add(h, &h->name[h->n - 1], at, len);
}

static int
on_value(http_parser *p, const char *at, size_t len)
{
	struct handshake *h = p->data;

	h->in_value = true;
	return piece_add(h, &h->value[h->n - 1], at, len);
}

/* 2: no body follows, whatever the headers say. */
static int
on_head(http_parser *p)
{
	(void)p;
	return 2;
}

static int
on_done(http_parser *p)
{
	struct handshake *h = p->data;

	h->done = true;
	return 0;
}

struct handshake *
handshake_new(void)
{
	struct handshake *h = calloc(1, sizeof(*h));

	if (!h)
		abort();
	http_parser_init(&h->parser, HTTP_REQUEST);
	h->parser.data = h;
	h->text = BUF_INIT(HANDSHAKE_BYTES);
	return h;
}

void
handshake_free(struct handshake *h)
{
	if (!h)
		return;
	buf_free(&h->text);
	free(h);
}

static int
check_single(const struct handshake *h, struct err *e)
{
	for (size_t s = 0; s < countof(single); s++) {
		unsigned seen = 0;

		for (unsigned i = 0; i < h->n; i++) {
			struct str name = piece_str(h, h->name[i]);

			seen += name.len == strlen(single[s]) &&
			    strncasecmp(name.p, single[s], name.len) == 0;
		}
		if (seen > 1)
			return err_set(e, ERR_DUPLICATE_HEADER,
			    "the header %s occurs %u times", single[s], seen);
	}
	return 0;
}

static int
check_headers(const struct handshake *h, struct err *e)
{
	struct str body = handshake_header(h, "content-length");
	bool ours = h->parser.method == HTTP_GET ||
	    h->parser.method == HTTP_HEAD || h->parser.method == HTTP_OPTIONS;
	int64_t length = 0;

	for (unsigned i = 0; i < h->n; i++) {
		struct str v = piece_str(h, h->value[i]);

		if (utf8_check(v) != v.len || str_has(v, '\0'))
			return err_set(e, ERR_BAD_REQUEST,
			    "a header is not UTF-8 text");
	}
	if (check_single(h, e) != 0)
		return -1;
	/* other methods are refused for what they are */
	if (ours && (handshake_header(h, "transfer-encoding").p ||
	    (body.p && (!str_int(body, &length) || length != 0))))
		return err_set(e, ERR_BAD_REQUEST,
		    "a request to this server has no body");
	if (handshake_is_http_1_1(h) && !handshake_header(h, "host").len)
		return err_set(e, ERR_BAD_REQUEST,
		    "the header Host is missing");
	return 0;
}

static int
split_url(struct handshake *h, struct err *e)
{
	struct http_parser_url u;
	struct str url = piece_str(h, h->url);

	http_parser_url_init(&u);
	if (http_parser_parse_url(url.p, url.len, 0, &u) != 0 ||
	    !(u.field_set & 1 << UF_PATH))
		return err_set(e, ERR_BAD_REQUEST,
		    "the request target is not a path");
	h->path = (struct piece){ h->url.at + u.field_data[UF_PATH].off,
	    u.field_data[UF_PATH].len };
	h->has_query = u.field_set & 1 << UF_QUERY;
	if (h->has_query)
		h->query = (struct piece){
		    h->url.at + u.field_data[UF_QUERY].off,
		    u.field_data[UF_QUERY].len };
	return 0;
}

int
handshake_feed(struct handshake *h, struct str bytes, size_t *used,
    struct err *e)
{
	static const http_parser_settings settings = {
		.on_url = on_url,
		.on_header_field = on_name,
		.on_header_value = on_value,
		.on_headers_complete = on_head,
		.on_message_complete = on_done,
	};
	size_t most = HANDSHAKE_BYTES - h->fed;

	*used = http_parser_execute(&h->parser, &settings, bytes.p,
	    bytes.len > most ? most : bytes.len);
	h->fed += *used;
	if (h->done)
		return split_url(h, e) == 0 && check_headers(h, e) == 0 ? 1 : -1;
	if (h->fault.kind != ERR_NONE) {
		*e = h->fault;
		return -1;
	}
	if (HTTP_PARSER_ERRNO(&h->parser) != HPE_OK)
		return err_set(e, ERR_BAD_REQUEST, "this is not HTTP: %s",
		    http_errno_description(HTTP_PARSER_ERRNO(&h->parser)));
	if (h->fed == HANDSHAKE_BYTES)
		return err_set(e, ERR_BAD_REQUEST,
		    "the head of the request has more than %zu bytes",
		    HANDSHAKE_BYTES);
	return 0;
}

const char *
handshake_method(const struct handshake *h)
{
	return http_method_str((enum http_method)h->parser.method);
}

struct str
handshake_path(const struct handshake *h)
{
	return piece_str(h, h->path);
}

struct str
handshake_query(const struct handshake *h)
{
	return h->has_query ? piece_str(h, h->query) : STR_NONE;
}

bool
handshake_is_http_1_1(const struct handshake *h)
{
	return h->parser.http_major == 1 && h->parser.http_minor >= 1;
}

/* The n-th header of that name; false when there are fewer. */
static bool
nth(const struct handshake *h, const char *name, unsigned n, struct str *out)
{
	for (unsigned i = 0; i < h->n; i++) {
		struct str has = piece_str(h, h->name[i]);

		if (has.len != strlen(name) ||
		    strncasecmp(has.p, name, has.len) != 0 || n-- > 0)
			continue;
		*out = str_trim(piece_str(h, h->value[i]));
		return true;
	}
	return false;
}

struct str
handshake_header(const struct handshake *h, const char *name)
{
	struct str v;

	return nth(h, name, 0, &v) ? v : STR_NONE;
}

struct str
handshake_word(const struct handshake *h, const char *name, size_t *at)
{
	size_t seen = 0;
	struct str rest;

	for (unsigned n = 0; nth(h, name, n, &rest); n++) {
		while (rest.p) {
			struct str word = str_trim(str_cut(&rest, ','));

			if (word.len == 0 || seen++ < *at)
				continue;
			++*at;
			return word;
		}
	}
	return STR_NONE;
}

bool
handshake_has_word(const struct handshake *h, const char *name,
    const char *word)
{
	size_t at = 0;
	struct str w;

	while ((w = handshake_word(h, name, &at)).p)
		if (w.len == strlen(word) &&
		    strncasecmp(w.p, word, w.len) == 0)
			return true;
	return false;
}
