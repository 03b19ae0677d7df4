/* Whatever a server sends as an event stream: it means what a plain reading of
 * the specification says, however the bytes were cut, and a limit is kept. */
#include "fuzz.h"

#include "base/err.h"
#include "remote/sse_reader.h"

#define LITTLE 16

struct heard {
	struct buf said;
	size_t left;		/* so many more are wanted */
};

static void
say(struct buf *said, struct str type, struct str data, struct str id,
    bool has_id)
{
	buf_addf(said, "%zu,%zd,%zu%c", type.len,
	    data.p ? (ssize_t)data.len : (ssize_t)-1, id.len,
	    has_id ? '!' : '.');
	buf_add(said, type);
	if (data.p)
		buf_add(said, data);
	buf_add(said, id);
}

static bool
take(void *to, const struct sse_event *ev)
{
	struct heard *h = to;

	need(ev->type.len > 0 && (ev->data.p || ev->has_id));
	need(!str_has(ev->id, '\0'));
	say(&h->said, ev->type, ev->data, ev->id, ev->has_id);
	return --h->left > 0;
}

/* In pieces of that size; what sse_reader_feed() said last. */
static int
play(struct heard *h, struct str bytes, size_t piece, size_t max,
    int64_t *retry_ms)
{
	struct sse_reader r;
	struct err e = { 0 };
	int rc = 0;

	sse_reader_begin(&r, max, take, h);
	while (rc == 0 && bytes.len) {
		size_t n = piece < bytes.len ? piece : bytes.len;
		/* its own bytes, so that a look past their end is found */
		char *copy = malloc(n);

		memcpy(copy, bytes.p, n);
		rc = sse_reader_feed(&r, str_n(copy, n), &e);
		free(copy);
		bytes = str_n(bytes.p + n, bytes.len - n);
	}
	need((rc == -1) == (e.kind == ERR_LIMIT_EXCEEDED));
	need(r.line.len <= max && r.data.len <= max && r.id.len <= max);
	*retry_ms = r.retry_ms;
	sse_reader_end(&r);
	return rc;
}

/* The specification, read plainly: everything is there at once. */
struct plain {
	struct heard *h;
	struct buf data, type, id;
	bool has_data, has_id;
};

static void
plain_field(struct plain *p, struct str name, struct str value)
{
	struct buf *to = str_is(name, "data") ? &p->data :
	    str_is(name, "event") ? &p->type :
	    str_is(name, "id") && !memchr(value.p, '\0', value.len) ?
	    &p->id : NULL;

	if (!to)
		return;
	if (to != &p->data)
		buf_reset(to);
	buf_add(to, value);
	if (to == &p->data) {
		buf_addc(to, '\n');
		p->has_data = true;
	}
	p->has_id |= to == &p->id;
}

static bool
plain_line(struct plain *p, struct str line)
{
	const char *colon = line.len ? memchr(line.p, ':', line.len) : NULL;
	size_t n = colon ? (size_t)(colon - line.p) : line.len;
	size_t skip = colon ? n + 1 : n;
	bool more = true;

	if (line.len) {
		if (colon && skip < line.len && line.p[skip] == ' ')
			skip++;
		plain_field(p, str_n(line.p, n),
		    str_n(line.p + skip, line.len - skip));
		return true;
	}
	if (p->has_data || p->has_id) {
		struct str data = p->has_data ?
		    str_n(p->data.p, p->data.len - 1) : STR_NONE;
		const struct sse_event ev = { .data = data,
		    .type = p->type.len ? buf_str(&p->type) : STR("message"),
		    .id = buf_str(&p->id), .has_id = p->has_id };

		more = take(p->h, &ev);
	}
	buf_reset(&p->data);
	buf_reset(&p->type);
	p->has_data = p->has_id = false;
	return more;
}

static void
plain_play(struct heard *h, struct str s)
{
	struct plain p = { .h = h, .data = BUF_INIT(MIB(1)),
	    .type = BUF_INIT(MIB(1)), .id = BUF_INIT(MIB(1)) };
	size_t at = str_starts(s, STR("\xef\xbb\xbf")) ? 3 : 0;
	bool more = true;

	for (size_t i = at; more && i < s.len; i++) {
		if (s.p[i] != '\n' && s.p[i] != '\r')
			continue;
		more = plain_line(&p, str_n(s.p + at, i - at));
		if (s.p[i] == '\r' && i + 1 < s.len && s.p[i + 1] == '\n')
			i++;
		at = i + 1;
	}
	buf_free(&p.data);
	buf_free(&p.type);
	buf_free(&p.id);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = str_n((const char *)data, size);
	struct heard whole = { BUF_INIT(MIB(4)), 0 };
	struct heard parts = { BUF_INIT(MIB(4)), 0 };
	struct heard plain = { BUF_INIT(MIB(4)), 0 };
	int64_t retry, retry_parts;
	int rc;

	if (size < 3)
		return 0;
	bytes = str_n(bytes.p + 2, bytes.len - 2);
	whole.left = parts.left = plain.left = data[1] % 16 ? 10000 : 2;
	rc = play(&whole, bytes, SIZE_MAX, MIB(1), &retry);
	need(play(&parts, bytes, data[0] % 7u + 1, MIB(1), &retry_parts) == rc);
	plain_play(&plain, bytes);
	need(rc >= 0 && (rc == 1) == (whole.left == 0));
	need(retry == retry_parts && retry >= -1);
	need(str_eq(buf_str(&whole.said), buf_str(&parts.said)));
	need(str_eq(buf_str(&whole.said), buf_str(&plain.said)));
	/* with little room, what was said until then is the same */
	buf_reset(&parts.said);
	parts.left = data[1] % 16 ? 10000 : 2;
	play(&parts, bytes, data[0] % 7u + 1, LITTLE, &retry);
	need(str_starts(buf_str(&plain.said), buf_str(&parts.said)));
	buf_free(&whole.said);
	buf_free(&parts.said);
	buf_free(&plain.said);
	return 0;
}
