/* Whatever a client sends: its messages are UTF-8 within the limit, and they do
 * not depend on how the bytes were cut, nor on whether the receiver was made anew
 * between frames.  (The code of an end may: of two faults in a close frame the one
 * that is seen first is told.) */
#include "fuzz.h"

#include "base/utf8.h"
#include "broadcastd/ws.h"

struct feed {
	struct str rest;
	size_t piece;
	struct buf said;	/* messages */
	struct buf answers;
};

static int64_t
take_in(void *ctx, void *p, size_t max)
{
	struct feed *f = ctx;
	size_t n = f->piece < max ? f->piece : max;

	if (n > f->rest.len)
		n = f->rest.len;
	if (n == 0)
		return 0;
	memcpy(p, f->rest.p, n);
	f->rest.p += n;
	f->rest.len -= n;
	return (int64_t)n;
}

static void
text(void *ctx, struct str message)
{
	struct feed *f = ctx;

	need(message.len <= CLIENT_MESSAGE_BYTES);
	need(utf8_check(message) == message.len);
	buf_adds(&f->said, "<");
	buf_add(&f->said, message);
	buf_adds(&f->said, ">");
}

static void
pong(void *ctx)
{
	(void)ctx;
}

static void
play(struct feed *f, bool deflate, bool anew)
{
	static const struct ws_calls calls = { .read = take_in, .text = text,
	    .pong = pong, .max_bytes = CLIENT_MESSAGE_BYTES };
	struct ws *ws = ws_new(&calls, f, deflate);
	bool open = true;

	while (open && f->rest.len && !ws_closed(ws)) {
		open = ws_receive(ws, &f->answers);
		if (anew && open && ws_idle(ws)) {
			ws_free(ws);
			ws = ws_new(&calls, f, deflate);
		}
	}
	ws_free(ws);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = str_n((const char *)data, size);
	struct feed whole = { .piece = SIZE_MAX, .said = BUF_INIT(MIB(4)),
	    .answers = BUF_INIT(MIB(4)) };
	struct feed parts = { .said = BUF_INIT(MIB(4)),
	    .answers = BUF_INIT(MIB(4)) };

	if (size < 2)
		return 0;
	whole.rest = parts.rest = str_n(bytes.p + 2, bytes.len - 2);
	parts.piece = (size_t)data[0] % 7 + 1;
	play(&whole, data[1] & 1, false);
	play(&parts, data[1] & 1, true);
	need(str_eq(buf_str(&whole.said), buf_str(&parts.said)));
	buf_free(&whole.said);
	buf_free(&parts.said);
	buf_free(&whole.answers);
	buf_free(&parts.answers);
	return 0;
}
