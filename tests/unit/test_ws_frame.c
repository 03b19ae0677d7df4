/* Frames to WebSocket clients, and what comes from them. */
#include "broadcastd/ws.h"
#include "tap.h"

#define LONG 70000

static char input[LONG + 64];
static size_t input_at, input_len;
static bool input_ends;
static struct buf heard;
static int pongs;

static int64_t
give(void *ctx, void *p, size_t max)
{
	size_t n = input_len - input_at;

	(void)ctx;
	if (n == 0)
		return input_ends ? -1 : 0;
	n = n < max ? n : max;
	memcpy(p, input + input_at, n);
	input_at += n;
	return (int64_t)n;
}

static void
hear(void *ctx, struct str text)
{
	(void)ctx;
	buf_addf(&heard, "[%.*s]", STR_ARG(text));
}

static void
pong(void *ctx)
{
	(void)ctx;
	pongs++;
}

static const struct ws_calls calls = { .read = give, .text = hear, .pong = pong,
    .max_bytes = CLIENT_MESSAGE_BYTES };

/* A masked frame of a client, appended to the input. */
static void
put(unsigned first, struct str payload)
{
	static const unsigned char mask[4] = { 0x12, 0x34, 0x56, 0x78 };
	char *p = input + input_len;

	*p++ = (char)first;
	if (payload.len < 126) {
		*p++ = (char)(0x80 | payload.len);
	} else {
		*p++ = (char)(0x80 | 126);
		*p++ = (char)(payload.len >> 8);
		*p++ = (char)payload.len;
	}
	memcpy(p, mask, 4);
	p += 4;
	for (size_t i = 0; i < payload.len; i++)
		*p++ = (char)(payload.p[i] ^ mask[i % 4]);
	input_len = (size_t)(p - input);
}

static void
heads(void)
{
	static const struct { size_t len; const char *head; size_t n; } rows[] = {
		{ 0, "\x81\x00", 2 },
		{ 125, "\x81\x7d", 2 },
		{ 126, "\x81\x7e\x00\x7e", 4 },
		{ 65535, "\x81\x7e\xff\xff", 4 },
		{ 65536, "\x81\x7f\0\0\0\0\0\x01\0\0", 10 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct buf out = BUF_INIT(MIB(1));
		struct str want = str_n(rows[i].head, rows[i].n);

		ws_put_text(&out, str_n(input, rows[i].len));
		ok(out.len == rows[i].n + rows[i].len &&
		    str_eq(str_n(out.p, rows[i].n), want),
		    "a text of %zu bytes", rows[i].len);
		buf_free(&out);
	}
}

static void
keys(void)
{
	struct arena *a = arena_new();

	is_str(ws_accept(a, STR("dGhlIHNhbXBsZSBub25jZQ==")),
	    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "the example of RFC 6455");
	ok(ws_key_valid(STR("dGhlIHNhbXBsZSBub25jZQ==")), "a key");
	ok(!ws_key_valid(STR("")), "no key");
	ok(!ws_key_valid(STR("dGhlIHNhbXBsZSBub25jZQ=")), "a short key");
	ok(!ws_key_valid(STR("dGhlIHNhbXBsZSBub25j!Q==")), "not base64");
	arena_free(a);
}

/* The code of the close frame that ends out, 0: none. */
static unsigned
code_of(const struct buf *out)
{
	const unsigned char *p = (const unsigned char *)out->p;

	if (out->len < 4 || p[0] != 0x88 || p[1] < 2)
		return 0;
	return (unsigned)(p[2] << 8 | p[3]);
}

struct frame { unsigned first; struct str payload; };

#define TEXT(s) { 0x81, STR(s) }

static void
messages(void)
{
	static char big[CLIENT_MESSAGE_BYTES + 1];
	const struct {
		const char *name;
		struct frame f[3];
		const char *heard;
		unsigned code;
		bool closed;
	} rows[] = {
		{ "one text", { TEXT("hi") }, "[hi]", 0, false },
		{ "two texts", { TEXT("a"), TEXT("b") }, "[a][b]", 0, false },
		{ "fragments", { { 0x01, STR("a") }, { 0x00, STR("b") },
		    { 0x80, STR("c") } }, "[abc]", 0, false },
		{ "a pong between fragments", { { 0x01, STR("a") },
		    { 0x8a, STR("") }, { 0x80, STR("c") } }, "[ac]", 0, false },
		{ "binary", { { 0x82, STR("x") } }, "", 1003, true },
		{ "not UTF-8", { TEXT("\xff") }, "", 1007, true },
		{ "too long", { { 0x81, { big, sizeof(big) } } }, "", 1009,
		    true },
		{ "goodbye", { { 0x88, STR("\x03\xe8") } }, "", 1000, true },
		{ "nothing behind goodbye", { { 0x88, STR("\x03\xe8") },
		    TEXT("x") }, "", 1000, true },
	};

	memset(big, 'x', sizeof(big));
	for (size_t i = 0; i < countof(rows); i++) {
		struct buf out = BUF_INIT(KIB(64));
		struct ws *w = ws_new(&calls, NULL, false);

		input_at = input_len = 0;
		buf_reset(&heard);
		for (size_t n = 0; n < 3 && rows[i].f[n].payload.p; n++)
			put(rows[i].f[n].first, rows[i].f[n].payload);
		ok(ws_receive(w, &out), "%s: received", rows[i].name);
		ok(buf_is(&heard, rows[i].heard), "%s: heard", rows[i].name);
		is_int(code_of(&out), rows[i].code, "%s: code", rows[i].name);
		ok(ws_closed(w) == rows[i].closed, "%s: closed", rows[i].name);
		ws_free(w);
		buf_free(&out);
	}
}

static void
manners(void)
{
	struct buf out = BUF_INIT(KIB(64));
	struct ws *w = ws_new(&calls, NULL, false);

	input_at = input_len = 0;
	put(0x89, STR("abc"));
	put(0x8a, STR(""));
	pongs = 0;
	ws_receive(w, &out);
	ok(str_eq(buf_str(&out), STR("\x8a\x03" "abc")), "a ping has its pong");
	is_int(pongs, 1, "a pong is told");
	buf_reset(&out);
	ws_close(w, WS_LAGGING, "last seq 7", &out);
	is_int(code_of(&out), 4408, "our goodbye");
	ok(ws_closing(w) && !ws_closed(w), "waits for the other side");
	buf_reset(&out);
	ws_close(w, WS_GOING_AWAY, "", &out);
	is_int(out.len, 0, "goodbye is said once");
	put(0x88, STR("\x11\x38"));
	ok(ws_receive(w, &out) && ws_closed(w), "both have said it");
	ws_free(w);

	w = ws_new(&calls, NULL, false);
	memcpy(input, "\x81\x02hi", 4);
	input_at = 0;
	input_len = 4;
	buf_reset(&out);
	ws_receive(w, &out);
	ok(out.len >= 2 && (unsigned char)out.p[0] == 0x88,
	    "a frame that is not masked ends it");
	ws_free(w);

	w = ws_new(&calls, NULL, false);
	input_len = input_at;
	input_ends = true;
	ok(!ws_receive(w, &out), "the end of the connection");
	ws_free(w);
	buf_free(&out);
}

int
main(void)
{
	heard = BUF_INIT(KIB(64));
	heads();
	keys();
	messages();
	manners();
	buf_free(&heard);
	return done_testing();
}
