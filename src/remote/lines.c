#include "remote/lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int
line_sink_put(struct line_sink *s, struct log_line *l, struct err *e)
{
	if (str_trim(l->message).len == 0)
		return 0;
	if (s->take(s->to, l, e) != 0)
		return -1;
	s->taken++;
	return 0;
}

void
line_sink_bad(struct line_sink *s, const char *where, size_t index,
    const struct err *why)
{
	if (s->unread++ == 0)
		snprintf(s->why, sizeof(s->why), "%s/%zu%s: %s", where, index,
		    why->at, why->detail);
}

void
line_sink_note(struct line_sink *s, const char *fmt, ...)
{
	char text[DETAIL_MAX_BYTES * 2];
	va_list ap;

	if (!s->notes)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (s->notes->len)
		buf_addc(s->notes, '\n');
	buf_adds(s->notes, text);
}

void
line_sink_end(struct line_sink *s, const char *from)
{
	if (s->unread)
		line_sink_note(s, "%s gave %lld lines that could not be read; "
		    "the first: %s", from, (long long)s->unread, s->why);
	s->unread = 0;
}

/* Open addressing, never more than half full. */
struct line_ids {
	struct {
		struct sha256 key;
		uint32_t seen;
	} *slots;
	size_t mask;
};

struct line_ids *
line_ids_new(struct arena *a, size_t lines)
{
	struct line_ids *ids = arena_new_of(a, struct line_ids);
	size_t n = 16;

	while (n < lines * 2)
		n *= 2;
	ids->slots = arena_array(a, n, sizeof(*ids->slots));
	ids->mask = n - 1;
	return ids;
}

struct str
line_id(struct line_ids *ids, struct arena *a, const struct str *parts,
    size_t n)
{
	struct str ended[16];
	struct sha256 key;
	size_t at, i;

	for (i = 0; i < n && i < countof(ended) / 2; i++) {
		ended[2 * i] = parts[i];
		ended[2 * i + 1] = str_n("", 1);	/* a byte NUL */
	}
	key = sha256_of_parts(ended, 2 * i);
	memcpy(&at, key.b, sizeof(at));
	for (at &= ids->mask; ids->slots[at].seen; at = (at + 1) & ids->mask)
		if (sha256_eq(ids->slots[at].key, key))
			break;
	ids->slots[at].key = key;
	ids->slots[at].seen++;
	return arena_fmt(a, "%.32s:%u", sha256_hex(a, key).p,
	    ids->slots[at].seen);
}
