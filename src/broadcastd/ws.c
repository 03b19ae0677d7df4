#include "broadcastd/ws.h"

#include <stdlib.h>
#include <wslay/wslay.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "broadcastd/ws_deflate.h"

#define FIN 0x80
#define RSV1 0x40
#define KEY_BYTES 24
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct ws {
	wslay_event_context_ptr wslay;
	struct ws_calls calls;
	void *ctx;
	struct buf *out;	/* only during a call */
	bool ended;		/* the peer is gone */
	bool failed;		/* what it sent is no WebSocket */
	/* bytes that came, and those of whole frames */
	uint64_t came, whole, frame;
	bool fragment;		/* of a message that has not ended */
};

static void
put_head(struct buf *out, unsigned opcode, size_t len)
{
	unsigned char head[WS_HEAD_BYTES] = { (unsigned char)(FIN | opcode) };
	size_t n = 2, extra = len < 126 ? 0 : len <= UINT16_MAX ? 2 : 8;

	head[1] = extra == 0 ? (unsigned char)len : extra == 2 ? 126 : 127;
	for (size_t i = extra; i-- > 0;)
		head[n++] = (unsigned char)((uint64_t)len >> (8 * i));
	buf_add(out, str_n((const char *)head, n));
}

void
ws_put_text(struct buf *out, struct str text)
{
	put_head(out, WSLAY_TEXT_FRAME, text.len);
	buf_add(out, text);
}

void
ws_put_compressed(struct buf *out, struct str data)
{
	put_head(out, RSV1 | WSLAY_TEXT_FRAME, data.len);
	buf_add(out, data);
}

void
ws_put_ping(struct buf *out)
{
	put_head(out, WSLAY_PING, 0);
}

struct str
ws_accept(struct arena *a, struct str key)
{
	return sha1_base64(a, arena_fmt(a, "%.*s%s", STR_ARG(key), GUID));
}

bool
ws_key_valid(struct str key)
{
	if (key.len != KEY_BYTES || key.p[KEY_BYTES - 1] != '=' ||
	    key.p[KEY_BYTES - 2] != '=')
		return false;
	for (size_t i = 0; i < KEY_BYTES - 2; i++) {
		char c = key.p[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
		    !(c >= '0' && c <= '9') && c != '+' && c != '/')
			return false;
	}
	return true;
}

static ssize_t
on_read(wslay_event_context_ptr wslay, uint8_t *p, size_t len, int flags,
    void *user)
{
	struct ws *w = user;
	int64_t n = w->calls.read(w->ctx, p, len);

	(void)flags;
	if (n > 0) {
		w->came += (uint64_t)n;
		return (ssize_t)n;
	}
	w->ended = n < 0;
	wslay_event_set_error(wslay, n < 0 ? WSLAY_ERR_CALLBACK_FAILURE :
	    WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static ssize_t
on_write(wslay_event_context_ptr wslay, const uint8_t *p, size_t len,
    int flags, void *user)
{
	struct ws *w = user;

	(void)flags;
	buf_add(w->out, str_n((const char *)p, len));
	if (!w->out->full)
		return (ssize_t)len;
	wslay_event_set_error(wslay, WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static void
on_frame(wslay_event_context_ptr wslay,
    const struct wslay_event_on_frame_recv_start_arg *f, void *user)
{
	struct ws *w = user;
	uint64_t len = f->payload_length;

	(void)wslay;
	w->frame = 2 + (len < 126 ? 0u : len <= UINT16_MAX ? 2u : 8u) + 4 +
	    len;
	if (!wslay_is_ctrl_frame(f->opcode))
		w->fragment = !f->fin;
}

static void
on_frame_end(wslay_event_context_ptr wslay, void *user)
{
	struct ws *w = user;

	(void)wslay;
	w->whole += w->frame;
}

static void
queue_close(struct ws *w, unsigned code, const char *reason)
{
	wslay_event_queue_close(w->wslay, (uint16_t)code,
	    (const uint8_t *)reason, strlen(reason));
}

static void
fail(struct ws *w, enum ws_code code, const char *reason)
{
	queue_close(w, code, reason);
	wslay_event_shutdown_read(w->wslay);
}

static void
take_data(struct ws *w, const struct wslay_event_on_msg_recv_arg *m)
{
	struct str text = str_n((const char *)m->msg, m->msg_length);
	bool is_text = m->opcode == WSLAY_TEXT_FRAME;
	struct buf room = BUF_INIT(w->calls.max_bytes);
	enum ws_inflated done = WS_INFLATED;

	if (wslay_get_rsv1(m->rsv)) {
		done = ws_inflate(text, &room);
		text = buf_str(&room);
	}
	if (done == WS_INFLATE_LONG)
		fail(w, WS_TOO_LONG, "the message is too long");
	else if (done == WS_INFLATE_BROKEN)
		fail(w, WS_NOT_UTF8, "this is not deflate");
	else if (is_text && utf8_check(text) != text.len)
		fail(w, WS_NOT_UTF8, "");
	else
		(is_text ? w->calls.text : w->calls.binary)(w->ctx, text);
	buf_free(&room);
}

static void
on_message(wslay_event_context_ptr wslay,
    const struct wslay_event_on_msg_recv_arg *m, void *user)
{
	struct ws *w = user;

	if (m->opcode == WSLAY_TEXT_FRAME ||
	    (m->opcode == WSLAY_BINARY_FRAME && w->calls.binary)) {
		/* what comes before an answer is in its place already */
		wslay_event_send(wslay);
		take_data(w, m);
	} else if (m->opcode == WSLAY_BINARY_FRAME) {
		fail(w, WS_UNSUPPORTED, "only text is understood");
	} else if (m->opcode == WSLAY_PING) {
		/* a close that follows would push the pong aside */
		wslay_event_send(wslay);
	} else if (m->opcode == WSLAY_PONG) {
		w->calls.pong(w->ctx);
	}
}

struct ws *
ws_new(const struct ws_calls *calls, void *ctx, bool deflate)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_read,
		.send_callback = on_write,
		.on_frame_recv_start_callback = on_frame,
		.on_frame_recv_end_callback = on_frame_end,
		.on_msg_recv_callback = on_message,
	};
	struct ws *w = calloc(1, sizeof(*w));

	if (!w || wslay_event_context_server_init(&w->wslay, &callbacks, w))
		abort();
	wslay_event_config_set_max_recv_msg_length(w->wslay,
	    calls->max_bytes);
	if (deflate)
		wslay_event_config_set_allowed_rsv_bits(w->wslay,
		    WSLAY_RSV1_BIT);
	w->calls = *calls;
	w->ctx = ctx;
	return w;
}

void
ws_free(struct ws *w)
{
	if (!w)
		return;
	wslay_event_context_free(w->wslay);
	free(w);
}

bool
ws_receive(struct ws *w, struct buf *out)
{
	bool told = wslay_event_get_close_sent(w->wslay);
	int rc;

	w->out = out;
	rc = wslay_event_recv(w->wslay);
	if (rc == WSLAY_ERR_NOMEM)
		abort();
	w->failed |= !w->ended && (rc != 0 || (!told &&
	    wslay_event_get_queued_msg_count(w->wslay) > 0 &&
	    !wslay_event_get_read_enabled(w->wslay) &&
	    !wslay_event_get_close_received(w->wslay)));
	/* wslay closes without a code after some faults; 1002 says more */
	if (rc != 0 && !w->ended &&
	    !wslay_event_get_queued_msg_count(w->wslay))
		queue_close(w, WS_PROTOCOL, "");
	rc = wslay_event_send(w->wslay);
	w->out = NULL;
	return !w->ended && rc == 0;
}

void
ws_close(struct ws *w, enum ws_code code, const char *reason, struct buf *out)
{
	struct buf *outer = w->out;	/* also from within ws_calls.text */

	w->out = out;
	queue_close(w, code, reason);
	wslay_event_send(w->wslay);
	w->out = outer;
}

bool
ws_idle(const struct ws *w)
{
	return w->came == w->whole && !w->fragment && !w->ended &&
	    !wslay_event_get_close_sent(w->wslay) &&
	    !wslay_event_want_write(w->wslay);
}

bool
ws_failed(const struct ws *w)
{
	return w->failed;
}

bool
ws_closing(const struct ws *w)
{
	return wslay_event_get_close_sent(w->wslay);
}

bool
ws_closed(const struct ws *w)
{
	return wslay_event_get_close_sent(w->wslay) &&
	    (wslay_event_get_close_received(w->wslay) ||
	    !wslay_event_get_read_enabled(w->wslay));
}
