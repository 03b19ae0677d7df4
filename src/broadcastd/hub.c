#include "broadcastd/hub_private.h"

#include <stdlib.h>

#include "broadcastd/sse.h"
#include "broadcastd/ws.h"

static void
encode_as(struct hub *h, struct buf *out, enum transport t,
    const struct event *ev)
{
	struct str json = buf_str(&h->json);

	if (t == TRANSPORT_WS)
		ws_put_text(out, json);
	else if (t == TRANSPORT_WS_DEFLATE)
		ws_deflate_put(h->deflate, out, json);
	else
		sse_put_event(out, ev->seq, event_name(ev->type), json);
}

void
hub_encode(struct hub *h, struct buf *out, enum transport t,
    const struct event *ev, struct str epoch)
{
	buf_reset(&h->json);
	event_encode(&h->json, ev, epoch);
	encode_as(h, out, t, ev);
}

struct hub *
hub_new(size_t log_bytes)
{
	struct hub *h = calloc(1, sizeof(*h));

	if (!h)
		abort();
	h->log_bytes = log_bytes;
	h->entries = WINDOW_INIT(struct entry);
	h->deflate = ws_deflate_new();
	h->json = h->frame = BUF_INIT(ANSWER_MAX_BYTES);
	return h;
}

void
hub_free(struct hub *h)
{
	if (!h)
		return;
	hub_reset(h, 0);
	for (int t = 0; t < TRANSPORT__MAX; t++)
		free(h->log[t].p);
	window_free(&h->entries);
	ws_deflate_free(h->deflate);
	buf_free(&h->json);
	buf_free(&h->frame);
	free(h);
}

void
hub_join(struct hub *h, enum transport t)
{
	if (h->users[t]++ == 0 && t == TRANSPORT_WS_DEFLATE)
		h->from[t] = h->head;
}

void
hub_leave(struct hub *h, enum transport t)
{
	h->users[t]--;
}

static bool
wanted(const struct hub *h, int t)
{
	return t != TRANSPORT_WS_DEFLATE || h->users[t] > 0;
}

void
hub_reset(struct hub *h, int64_t head)
{
	for (size_t i = 0; i < h->entries.n; i++)
		free(hub_entry(h, i)->text);
	hub_filters_reset(h);
	window_reset(&h->entries);
	for (int t = 0; t < TRANSPORT__MAX; t++) {
		h->log[t].start = h->log[t].end = 0;
		h->from[t] = 0;
	}
	h->head = head;
}

/* A copy of s at *to, which moves on. */
static struct str
keep(struct str s, char **to)
{
	char *p = *to;

	if (!s.p)
		return s;
	if (s.len)
		memcpy(p, s.p, s.len);
	*to += s.len;
	return str_n(p, s.len);
}

static void
entry_fill(struct entry *en, const struct event *ev)
{
	char *to;

	/* one byte more, so that an empty text has an address as well */
	en->text = to = malloc(ev->order_id.len + ev->task_id.len +
	    ev->requester.len + ev->workspace.len + ev->file.len +
	    ev->op.len + 1);
	if (!to)
		abort();
	en->ev = (struct event){ .seq = ev->seq, .type = ev->type };
	en->ev.order_id = keep(ev->order_id, &to);
	en->ev.task_id = keep(ev->task_id, &to);
	en->ev.requester = keep(ev->requester, &to);
	en->ev.workspace = keep(ev->workspace, &to);
	en->ev.file = keep(ev->file, &to);
	en->ev.op = keep(ev->op, &to);
}

static void
drop_oldest(struct hub *h)
{
	struct entry *en = hub_entry(h, 0);

	free(en->text);
	for (int t = 0; t < TRANSPORT__MAX; t++)
		h->log[t].start = en->at[t] + en->len[t];
	window_drop_first(&h->entries);
}

/* Room behind the end.  What is in use moves to the front; the log is kept
 * twice as large as that, so that each byte moves about once. */
static void
log_room(struct hub *h, int t, size_t need)
{
	struct log *l = &h->log[t];

	if (l->cap - l->end >= need)
		return;
	if (l->start > 0) {
		memmove(l->p, l->p + l->start, l->end - l->start);
		for (size_t i = 0; i < h->entries.n; i++)
			hub_entry(h, i)->at[t] -= l->start;
		l->end -= l->start;
		l->start = 0;
	}
	if (l->cap - l->end < need || l->end > l->cap / 2) {
		l->cap = (l->end + need) * 2;
		l->p = realloc(l->p, l->cap);
		if (!l->p)
			abort();
	}
}

static bool
too_long(const struct hub *h)
{
	for (int t = 0; t < TRANSPORT__MAX; t++)
		if (h->log[t].end - h->log[t].start > h->log_bytes)
			return true;
	return false;
}

void
hub_publish(struct hub *h, const struct event *ev, struct str epoch)
{
	struct entry en;

	if (ev->seq != h->head + 1)
		hub_reset(h, ev->seq - 1);
	buf_reset(&h->json);
	event_encode(&h->json, ev, epoch);
	entry_fill(&en, ev);
	for (int t = 0; t < TRANSPORT__MAX; t++) {
		struct log *l = &h->log[t];

		buf_reset(&h->frame);
		if (wanted(h, t))
			encode_as(h, &h->frame, (enum transport)t, ev);
		log_room(h, t, h->frame.len);
		if (h->frame.len)
			memcpy(l->p + l->end, h->frame.p, h->frame.len);
		en.at[t] = l->end;
		en.len[t] = h->frame.len;
		l->end += h->frame.len;
	}
	*(struct entry *)window_add(&h->entries) = en;
	h->head = ev->seq;
	while (h->entries.n > 1 && too_long(h))
		drop_oldest(h);
}

int64_t
hub_head(const struct hub *h)
{
	return h->head;
}

bool
hub_reaches(const struct hub *h, enum transport t, int64_t pos)
{
	return pos >= h->head - (int64_t)h->entries.n && pos >= h->from[t];
}

/* The last entry from i on of which max_bytes, counted from its start, reach
 * the end; i itself at least. */
static size_t
entry_within(const struct hub *h, int t, size_t i, size_t max_bytes)
{
	const struct entry *all = hub_entry(h, 0);
	size_t low = i, high = h->entries.n - 1, from = all[i].at[t];

	while (low < high) {
		size_t middle = high - (high - low) / 2;

		if (all[middle].at[t] + all[middle].len[t] - from > max_bytes)
			high = middle - 1;
		else
			low = middle;
	}
	return low;
}

static void
view_all(const struct hub *h, enum transport t, size_t i, size_t max_bytes,
    struct hub_view *v)
{
	const struct entry *first, *last;

	if (i == h->entries.n)
		return;
	first = hub_entry(h, i);
	last = hub_entry(h, entry_within(h, t, i, max_bytes));
	v->bytes = last->at[t] + last->len[t] - first->at[t];
	v->iov[v->n++] = (struct iovec){ h->log[t].p + first->at[t], v->bytes };
	v->upto = last->ev.seq;
}

/* Append to the last span when it ends where this begins. */
static bool
span_add(struct hub_view *v, char *p, size_t len)
{
	struct iovec *last = v->n ? &v->iov[v->n - 1] : NULL;

	if (last && (char *)last->iov_base + last->iov_len == p) {
		last->iov_len += len;
	} else {
		if (v->n == HUB_SPANS)
			return false;
		v->iov[v->n++] = (struct iovec){ p, len };
	}
	v->bytes += len;
	return true;
}

static const struct entry *
entry_of(const struct hub *h, int64_t seq)
{
	return hub_entry(h, hub_entry_after(h, seq - 1));
}

void
hub_view(const struct hub *h, enum transport t, int64_t pos,
    struct hub_filter *f, size_t max_bytes, struct hub_view *v)
{
	const int64_t *seqs;
	size_t n;

	v->n = 0;
	v->bytes = 0;
	v->upto = pos;
	if (!f) {
		view_all(h, t, hub_entry_after(h, pos), max_bytes, v);
		return;
	}
	seqs = hub_filter_seqs(f, h, pos, &n);
	for (size_t i = 0; i < n; i++) {
		const struct entry *en = entry_of(h, seqs[i]);

		if (v->bytes >= max_bytes || !span_add(v,
		    h->log[t].p + en->at[t], en->len[t]))
			return;
		v->upto = seqs[i];
	}
	if (h->head > pos)
		v->upto = h->head;
}

static struct str
rest_of(const struct hub *h, enum transport t, const struct entry *en,
    size_t sent)
{
	return sent < en->len[t] ? str_n(h->log[t].p + en->at[t] + sent,
	    en->len[t] - sent) : STR("");
}

int64_t
hub_sent(const struct hub *h, enum transport t, int64_t pos,
    struct hub_filter *f, size_t sent, struct str *rest)
{
	const struct entry *all = hub_entry(h, 0), *en;
	size_t i = hub_entry_after(h, pos), n;
	const int64_t *seqs;

	if (!f) {
		/* the last byte that went out is in the entry behind those
		 * that end before it */
		size_t last = entry_within(h, t, i, sent);

		if (all[last].at[t] + all[last].len[t] < all[i].at[t] + sent)
			last++;
		en = &all[last];
		*rest = rest_of(h, t, en, all[i].at[t] + sent - en->at[t]);
		return en->ev.seq;
	}
	seqs = hub_filter_seqs(f, h, pos, &n);
	for (i = 0, en = all; i < n && sent > 0; i++) {
		en = entry_of(h, seqs[i]);
		pos = seqs[i];
		*rest = rest_of(h, t, en, sent);
		sent -= sent < en->len[t] ? sent : en->len[t];
	}
	return pos;
}
