/* Server-sent events: a row per rule of the HTML specification, fed whole, byte
 * by byte, and cut at every place. */
#include "base/err.h"
#include "remote/sse_reader.h"
#include "tap.h"

#define MAX_BYTES 64
#define S(text) { text, sizeof(text) - 1 }

/* What is handed on, as "type=data@id;", "@id;" for an id alone; a "!" before
 * the id when it came with that event. */
static const struct {
	const char *name;
	struct str in;
	const char *want;
	int64_t retry_ms;
} rows[] = {
	{ "one event", S("data: a\n\n"), "message=a@;", -1 },
	{ "CR", S("data: a\r\r"), "message=a@;", -1 },
	{ "CRLF", S("data: a\r\n\r\n"), "message=a@;", -1 },
	{ "CR, then an empty line of LF", S("data: a\r\n\rdata: b\n\n"), "message=a@;message=b@;", -1 },
	{ "LF, CR: two ends", S("data: a\n\rdata: b\n\r"), "message=a@;message=b@;", -1 },
	{ "all ends in one block", S("data: a\rdata: b\r\ndata: c\n\n"), "message=a\nb\nc@;", -1 },
	{ "a BOM", S("\xef\xbb\xbf" "data: a\n\n"), "message=a@;", -1 },
	{ "a BOM alone on its line", S("\xef\xbb\xbf\ndata: a\n\n"), "message=a@;", -1 },
	{ "two BOMs: a field nobody knows", S("\xef\xbb\xbf\xef\xbb\xbf" "data: a\n\n"), "", -1 },
	{ "a BOM later", S("\n\xef\xbb\xbf" "data: a\n\n"), "", -1 },
	{ "half a BOM", S("\xef\xbb" "data: a\n\n"), "", -1 },
	{ "comments", S(": x\ndata: a\n:\n:data: b\n\n"), "message=a@;", -1 },
	{ "a comment alone", S(": x\n\n"), "", -1 },
	{ "blank lines", S("\n\n\r\n\r\r\n"), "", -1 },
	{ "a type", S("event: t\ndata: a\n\n"), "t=a@;", -1 },
	{ "the last type", S("event: t\nevent: u\ndata: a\n\n"), "u=a@;", -1 },
	{ "an empty type", S("event: t\nevent\ndata: a\n\n"), "message=a@;", -1 },
	{ "a type holds for one event", S("event: t\ndata: a\n\ndata: b\n\n"), "t=a@;message=b@;", -1 },
	{ "a type without data is forgotten", S("event: t\n\ndata: b\n\n"), "message=b@;", -1 },
	{ "one blank behind the colon goes", S("data:  a \n\n"), "message= a @;", -1 },
	{ "no blank", S("data:a\n\n"), "message=a@;", -1 },
	{ "a tab is no blank", S("data:\ta\n\n"), "message=\ta@;", -1 },
	{ "more colons", S("data:a:b: c\n\n"), "message=a:b: c@;", -1 },
	{ "empty data", S("data\n\n"), "message=@;", -1 },
	{ "empty data with a colon", S("data:\n\n"), "message=@;", -1 },
	{ "two empty data", S("data\ndata\n\n"), "message=\n@;", -1 },
	{ "empty first", S("data\ndata: a\n\n"), "message=\na@;", -1 },
	{ "empty last", S("data: a\ndata:\n\n"), "message=a\n@;", -1 },
	{ "NUL in data", S("data: a\0b\n\n"), "message=a\\0b@;", -1 },
	{ "unknown fields", S("Data: a\ndata : b\n data: c\nx\ndata: d\n\n"), "message=d@;", -1 },
	{ "an id", S("id: 7\ndata: a\n\n"), "message=a@!7;", -1 },
	{ "an id stays", S("id: 7\ndata: a\n\ndata: b\n\n"), "message=a@!7;message=b@7;", -1 },
	{ "an id behind the data", S("data: a\nid: 7\n\n"), "message=a@!7;", -1 },
	{ "an empty id", S("id: 7\ndata: a\n\nid\ndata: b\n\n"), "message=a@!7;message=b@!;", -1 },
	{ "an id with a NUL", S("id: 7\n\nid: 8\0\ndata: a\n\n"), "@!7;message=a@7;", -1 },
	{ "a NUL after a good one", S("id: 7\nid: 8\0\ndata: a\n\n"), "message=a@!7;", -1 },
	{ "an id alone", S("id: 9\n\ndata: a\n\n"), "@!9;message=a@9;", -1 },
	{ "an id of an event that is not whole", S("id: 9\ndata: a\n"), "", -1 },
	{ "retry", S("retry: 1500\n\n"), "", 1500 },
	{ "retry holds at once", S("retry: 1500\n"), "", 1500 },
	{ "the last retry", S("retry: 1\nretry:0\n\n"), "", 0 },
	{ "retry that is no number", S("retry: 10\nretry: 1.5\nretry: -1\nretry: +1\nretry: 1s\nretry: \nretry\n\n"), "", 10 },
	{ "retry that no clock has", S("retry: 99999999999999999999\n\n"), "", -1 },
	{ "no end: not whole", S("data: a\n\ndata: b"), "message=a@;", -1 },
	{ "bytes that are not UTF-8", S("data: \xff\x80\n\n"), "message=\xff\x80@;", -1 },
	{ "as broadcastd sends it", S(":      \nretry: 2000\n\nevent: connected\ndata: {}\n\nid: 3\n\nid: 4\nevent: e\ndata: {}\n\n: heartbeat\n\n"),
	  "connected={}@;@!3;e={}@!4;", 2000 },
};

struct heard {
	struct buf out;
	int left;		/* -1: all are wanted */
};

static bool
hear(void *to, const struct sse_event *ev)
{
	struct heard *h = to;

	if (ev->data.p) {
		buf_add(&h->out, ev->type);
		buf_addc(&h->out, '=');
	}
	for (size_t i = 0; i < ev->data.len; i++)
		if (ev->data.p[i])
			buf_addc(&h->out, ev->data.p[i]);
		else
			buf_adds(&h->out, "\\0");
	buf_adds(&h->out, ev->has_id ? "@!" : "@");
	buf_add(&h->out, ev->id);
	buf_addc(&h->out, ';');
	return h->left < 0 || --h->left > 0;
}

/* Pieces of `each` bytes after a first one of `first`; does it hold? */
static bool
holds(size_t row, size_t first, size_t each, struct buf *out)
{
	struct heard h = { BUF_INIT(KIB(4)), -1 };
	struct sse_reader r;
	size_t at = 0, n = first;
	bool good = true;

	sse_reader_begin(&r, MAX_BYTES, hear, &h);
	while (at < rows[row].in.len) {
		/* a piece of its own, so that what is past it is seen */
		char *piece;

		n = n < rows[row].in.len - at ? n : rows[row].in.len - at;
		piece = malloc(n ? n : 1);
		memcpy(piece, rows[row].in.p + at, n);
		good &= sse_reader_feed(&r, str_n(piece, n), NULL) == 0;
		free(piece);
		at += n;
		n = each;
	}
	good &= str_is(buf_str(&h.out), rows[row].want) &&
	    r.retry_ms == rows[row].retry_ms;
	buf_reset(out);
	buf_add(out, buf_str(&h.out));
	sse_reader_end(&r);
	buf_free(&h.out);
	return good;
}

static void
test_rows(void)
{
	struct buf out = BUF_INIT(KIB(4));

	for (size_t i = 0; i < countof(rows); i++) {
		size_t len = rows[i].in.len, bad = 0;

		if (!ok(holds(i, len, len, &out), "%s", rows[i].name)) {
			tap_show(" got", buf_str(&out));
			tap_show("want", str(rows[i].want));
		}
		for (size_t first = 0; first <= len; first++)
			for (size_t each = 1; each <= len; each++)
				bad += !holds(i, first, each, &out);
		is_int(bad, 0, "%s, in all splits", rows[i].name);
	}
	buf_free(&out);
}

static void
test_again(void)
{
	struct heard h = { BUF_INIT(KIB(4)), -1 };
	struct sse_reader r;

	sse_reader_begin(&r, MAX_BYTES, hear, &h);
	sse_reader_feed(&r, STR("id: 4\nretry: 7\ndata: a\n\nid: 5\nevent: t\n"
	    "data: b\ndat"), NULL);
	sse_reader_again(&r);
	sse_reader_feed(&r, STR("\xef\xbb\xbf" "data: c\n\n"), NULL);
	is_str(buf_str(&h.out), "message=a@!4;message=c@4;",
	    "a new connection: the half event is gone, the id stays");
	is_int(r.retry_ms, 7, "so does what retry said");
	buf_reset(&h.out);
	sse_reader_feed(&r, STR("data: d\n\r"), NULL);
	sse_reader_again(&r);
	sse_reader_feed(&r, STR("\ndata: e\n\n"), NULL);
	is_str(buf_str(&h.out), "message=d@4;message=e@4;",
	    "a CR of before takes no LF of now");
	sse_reader_end(&r);
	buf_free(&h.out);
}

static void
test_stop(void)
{
	struct heard h = { BUF_INIT(KIB(4)), 2 };
	struct sse_reader r;

	sse_reader_begin(&r, MAX_BYTES, hear, &h);
	is_int(sse_reader_feed(&r, STR("data: a\n\ndata: b\n\ndata: c\n\n"),
	    NULL), 1, "who has enough is told nothing more");
	is_str(buf_str(&h.out), "message=a@;message=b@;", "but all before");
	sse_reader_end(&r);
	buf_free(&h.out);
}

/* n letters behind a field's name, in pieces of `each`. */
static int
feed_long(const char *name, size_t n, const char *end, size_t each)
{
	struct heard h = { BUF_INIT(KIB(4)), -1 };
	struct buf in = BUF_INIT(KIB(4));
	struct err e = { 0 };
	struct sse_reader r;
	int rc = 0;

	buf_adds(&in, name);
	while (n--)
		buf_addc(&in, 'x');
	buf_adds(&in, end);
	sse_reader_begin(&r, MAX_BYTES, hear, &h);
	for (size_t at = 0; rc == 0 && at < in.len; at += each)
		rc = sse_reader_feed(&r, str_n(in.p + at, each < in.len - at ?
		    each : in.len - at), &e);
	if (rc < 0 && e.kind != ERR_LIMIT_EXCEEDED)
		rc = -2;
	sse_reader_end(&r);
	buf_free(&h.out);
	buf_free(&in);
	return rc;
}

static void
test_limits(void)
{
	for (size_t each = 1; each < 99; each++) {
		bool good = feed_long("data:", 59, "\n\n", each) == 0 &&
		    feed_long("data:", 65, "\n\n", each) == -1 &&
		    feed_long("id:", 65, "\n\n", each) == -1 &&
		    feed_long("event:", 65, "\n\n", each) == -1 &&
		    feed_long("", 99, "", each) == -1 &&
		    feed_long("data:", 30, "\ndata:12345678901234567890"
			"\ndata:12345678901234567890\n\n", each) == -1;

		ok(good, "what is too long is refused, in pieces of %zu",
		    each);
	}
}

int
main(void)
{
	test_rows();
	test_again();
	test_stop();
	test_limits();
	return done_testing();
}
