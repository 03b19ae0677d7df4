#include "remote/sse_reader.h"

#define BOM "\xef\xbb\xbf"

void
sse_reader_begin(struct sse_reader *r, size_t max, sse_take *take, void *to)
{
	*r = (struct sse_reader){ .take = take, .to = to,
	    .line = BUF_INIT(max), .data = BUF_INIT(max),
	    .type = BUF_INIT(max), .id = BUF_INIT(max),
	    .last_id = BUF_INIT(max), .retry_ms = -1 };
}

void
sse_reader_end(struct sse_reader *r)
{
	buf_free(&r->line);
	buf_free(&r->data);
	buf_free(&r->type);
	buf_free(&r->id);
	buf_free(&r->last_id);
}

static void
block_reset(struct sse_reader *r)
{
	buf_reset(&r->data);
	buf_reset(&r->type);
	r->has_data = r->has_id = false;
}

void
sse_reader_again(struct sse_reader *r)
{
	block_reset(r);
	buf_reset(&r->line);
	buf_reset(&r->id);
	buf_add(&r->id, buf_str(&r->last_id));
	r->begun = r->after_cr = false;
}

static void
set_retry(struct sse_reader *r, struct str value)
{
	int64_t ms;

	for (size_t i = 0; i < value.len; i++)
		if (value.p[i] < '0' || value.p[i] > '9')
			return;
	if (str_int(value, &ms))
		r->retry_ms = ms;
}

static void
field(struct sse_reader *r, struct str name, struct str value)
{
	if (str_is(name, "data")) {
		if (r->has_data)
			buf_addc(&r->data, '\n');
		buf_add(&r->data, value);
		r->has_data = true;
	} else if (str_is(name, "event")) {
		buf_reset(&r->type);
		buf_add(&r->type, value);
	} else if (str_is(name, "id")) {
		if (str_has(value, '\0'))
			return;
		buf_reset(&r->id);
		buf_add(&r->id, value);
		r->has_id = true;
	} else if (str_is(name, "retry")) {
		set_retry(r, value);
	}
}

/* The blank line: the block is an event, or an id, or nothing. */
static bool
dispatch(struct sse_reader *r)
{
	struct sse_event ev = { .has_id = r->has_id };
	bool more = true;

	buf_reset(&r->last_id);
	buf_add(&r->last_id, buf_str(&r->id));
	ev.id = buf_str(&r->last_id);
	ev.type = r->type.len ? buf_str(&r->type) : STR("message");
	if (r->has_data)
		ev.data = r->data.len ? buf_str(&r->data) : STR("");
	if (r->has_data || r->has_id)
		more = r->take(r->to, &ev);
	block_reset(r);
	return more;
}

static bool
line(struct sse_reader *r, struct str text)
{
	struct str value = text, name;

	if (!r->begun && str_starts(text, STR(BOM)))
		text = value = str_n(text.p + 3, text.len - 3);
	r->begun = true;
	if (!text.len)
		return dispatch(r);
	name = str_cut(&value, ':');
	if (value.len && value.p[0] == ' ')
		value = str_n(value.p + 1, value.len - 1);
	if (name.len)			/* else a comment */
		field(r, name, value.p ? value : STR(""));
	return true;
}

/* Where the first line of s ends, or s.len. */
static size_t
line_end(struct str s)
{
	const char *lf = memchr(s.p, '\n', s.len);
	size_t n = lf ? (size_t)(lf - s.p) : s.len;
	const char *cr = memchr(s.p, '\r', n);

	return cr ? (size_t)(cr - s.p) : n;
}

static int
too_large(const struct sse_reader *r, struct err *e)
{
	return err_set(e, ERR_LIMIT_EXCEEDED,
	    "an event of the stream has more than %zu bytes", r->data.max);
}

int
sse_reader_feed(struct sse_reader *r, struct str bytes, struct err *e)
{
	while (bytes.len) {
		struct str text;
		size_t n;
		bool more;

		if (r->after_cr && bytes.p[0] == '\n')
			bytes = str_n(bytes.p + 1, bytes.len - 1);
		r->after_cr = false;
		n = bytes.len ? line_end(bytes) : 0;
		text = str_n(bytes.p, n);
		if (r->line.len || n == bytes.len) {
			buf_add(&r->line, text);
			text = buf_str(&r->line);
		}
		if (r->line.full)
			return too_large(r, e);
		if (n == bytes.len)	/* its end is to come */
			return 0;
		r->after_cr = bytes.p[n] == '\r';
		bytes = str_n(bytes.p + n + 1, bytes.len - n - 1);
		more = line(r, text);
		buf_reset(&r->line);
		if (r->data.full || r->type.full || r->id.full)
			return too_large(r, e);
		if (!more)
			return 1;
	}
	return 0;
}
