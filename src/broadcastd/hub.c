#include "broadcastd/hub.h"

#include <stdlib.h>

#include "broadcastd/ws_frame.h"

#define RING_START 256
#define FRAME_MAX_BYTES (EVENT_MAX_BYTES * 4)

void
hub_init(struct hub *h, size_t max_bytes)
{
	*h = (struct hub){ .cap = RING_START, .lo = 1, .hi = 1,
	    .max_bytes = max_bytes };
	h->ring = calloc(h->cap, sizeof(struct frame *));
	if (!h->ring)
		abort();
}

void
frame_hold(struct frame *f)
{
	f->refs++;
}

void
frame_release(struct frame *f)
{
	if (--f->refs == 0)
		free(f);
}

static struct frame **
slot(const struct hub *h, int64_t seq)
{
	return &h->ring[(size_t)seq & (h->cap - 1)];
}

struct frame *
hub_frame(const struct hub *h, int64_t seq)
{
	return *slot(h, seq);
}

static void
evict_one(struct hub *h)
{
	struct frame *f = *slot(h, h->lo);

	*slot(h, h->lo) = NULL;
	h->bytes -= f->bytes;
	h->lo++;
	frame_release(f);
}

void
hub_restart(struct hub *h, int64_t next_seq)
{
	while (h->lo < h->hi)
		evict_one(h);
	h->lo = h->hi = next_seq;
}

void
hub_free(struct hub *h)
{
	hub_restart(h, 1);
	free(h->ring);
	h->ring = NULL;
}

static void
grow(struct hub *h)
{
	struct hub bigger = *h;

	bigger.cap *= 2;
	bigger.ring = calloc(bigger.cap, sizeof(struct frame *));
	if (!bigger.ring)
		abort();
	for (int64_t s = h->lo; s < h->hi; s++)
		*slot(&bigger, s) = *slot(h, s);
	free(h->ring);
	*h = bigger;
}

void
ws_text(struct buf *out, struct str text)
{
	unsigned char head[WS_HEAD_MAX];
	size_t n = ws_frame_head(head, WS_TEXT, text.len);

	buf_add(out, str_n((const char *)head, n));
	buf_add(out, text);
}

void
sse_event(struct buf *out, const struct event *ev, struct str json)
{
	buf_addf(out, "id: %lld\nevent: %s\ndata: ", (long long)ev->seq,
	    event_name(ev->type));
	buf_add(out, json);
	buf_adds(out, "\n\n");
}

static char *
keep(char *at, struct str *s)
{
	if (!s->p)
		return at;
	if (s->len)
		memcpy(at, s->p, s->len);
	s->p = at;
	return at + s->len;
}

/* One block holds the frame, what filters look at, and both encodings. */
static struct frame *
frame_new(const struct event *ev, struct str epoch)
{
	struct buf json = BUF_INIT(FRAME_MAX_BYTES);
	struct buf ws = BUF_INIT(FRAME_MAX_BYTES + 64);
	struct buf sse = BUF_INIT(FRAME_MAX_BYTES + 256);
	struct frame *f;
	size_t texts = ev->order_id.len + ev->task_id.len + ev->requester.len +
	    ev->workspace.len + ev->file.len + ev->op.len;
	char *at;

	event_encode(&json, ev, epoch);
	ws_text(&ws, buf_str(&json));
	sse_event(&sse, ev, buf_str(&json));
	f = malloc(sizeof(*f) + texts + ws.len + sse.len);
	if (!f)
		abort();
	*f = (struct frame){ .ev = *ev, .ws = buf_str(&ws),
	    .sse = buf_str(&sse), .refs = 1,
	    .bytes = sizeof(*f) + texts + ws.len + sse.len };
	/* filters need neither payload nor these ids */
	f->ev.payload = f->ev.batch_id = f->ev.patch_id = STR_NONE;
	at = keep((char *)(f + 1), &f->ev.order_id);
	at = keep(at, &f->ev.task_id);
	at = keep(at, &f->ev.requester);
	at = keep(at, &f->ev.workspace);
	at = keep(at, &f->ev.file);
	at = keep(at, &f->ev.op);
	at = keep(at, &f->ws);
	keep(at, &f->sse);
	buf_free(&json);
	buf_free(&ws);
	buf_free(&sse);
	return f;
}

void
hub_publish(struct hub *h, const struct event *ev, struct str epoch)
{
	struct frame *f = frame_new(ev, epoch);

	if ((size_t)(h->hi - h->lo) == h->cap)
		grow(h);
	*slot(h, h->hi) = f;
	h->hi++;
	h->bytes += f->bytes;
	while (h->bytes > h->max_bytes && h->hi - h->lo > 1)
		evict_one(h);
}
