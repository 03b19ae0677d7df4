#include "logs/clean.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "model/log_line.h"

#define OSC_MAX_BYTES	4096	/* a link with its address */
#define NOTE_MAX_BYTES	200	/* of Logpush */
#define STAMP_MIN_BYTES	20	/* "2024-05-01T10:00:00Z" */
#define STAMP_MAX_BYTES	36
#define ESC		'\x1b'

struct cleaner {
	struct str s;
	size_t at;
	char *to;
	size_t len;
	unsigned flags;
	bool line_start;
	size_t utf8_until;	/* of s: that far it is known to be UTF-8 */
	size_t string_end;	/* next BEL, ST or newline at or behind it */
	struct clean_found *found;
};

/* What runners put before a line.  Those with two colons may have properties
 * before the second pair. */
static const struct mark {
	struct str text;
	int level;
	bool opens, closes, properties;
} marks[] = {
	{ STR("##[error]"), LINE_ERROR, false, false, false },
	{ STR("##[warning]"), LINE_WARN, false, false, false },
	{ STR("##[notice]"), LINE_INFO, false, false, false },
	{ STR("##[debug]"), LINE_DEBUG, false, false, false },
	{ STR("##[command]"), LINE_INFO, false, false, false },
	{ STR("##[section]"), LINE_INFO, false, false, false },
	{ STR("##[group]"), LINE_INFO, true, false, false },
	{ STR("##[endgroup]"), LINE_INFO, false, true, false },
	{ STR("::error"), LINE_ERROR, false, false, true },
	{ STR("::warning"), LINE_WARN, false, false, true },
	{ STR("::notice"), LINE_INFO, false, false, true },
	{ STR("::debug"), LINE_DEBUG, false, false, true },
};

static struct str
rest(const struct cleaner *c)
{
	return str_n(c->s.p + c->at, c->s.len - c->at);
}

static void
put(struct cleaner *c, struct str s)
{
	memcpy(c->to + c->len, s.p, s.len);
	c->len += s.len;
}

static size_t
line_len(struct str s)
{
	const char *end = memchr(s.p, '\n', s.len);

	return end ? (size_t)(end - s.p) : s.len;
}

/* "2024-05-01T10:00:00.1234567Z " */
static void
skip_stamp(struct cleaner *c)
{
	struct str s = rest(c);
	int64_t ts;
	size_t n = 0;

	while (n < s.len && n <= STAMP_MAX_BYTES && s.p[n] != ' ' &&
	    s.p[n] != '\n' && s.p[n] != '\r')
		n++;
	if (n < STAMP_MIN_BYTES || n > STAMP_MAX_BYTES || s.p[10] != 'T' ||
	    !clock_parse(str_n(s.p, n), &ts))
		return;
	if (c->found && c->found->ts < 0)
		c->found->ts = ts;
	c->at += n + (n < s.len && s.p[n] == ' ');
}

/* How much of s the mark takes; 0: it is not there. */
static size_t
mark_len(const struct mark *m, struct str s)
{
	struct str behind;
	size_t colons;

	if (!str_starts(s, m->text))
		return 0;
	if (!m->properties)
		return m->text.len;
	behind = str_n(s.p + m->text.len, s.len - m->text.len);
	if (!behind.len || (behind.p[0] != ' ' && behind.p[0] != ':'))
		return 0;
	behind.len = line_len(behind);
	colons = str_find(behind, STR("::"));
	return colons == behind.len ? 0 : m->text.len + colons + 2;
}

static void
skip_mark(struct cleaner *c)
{
	struct clean_found *f = c->found;
	struct str s = rest(c);

	for (size_t i = 0; i < countof(marks); i++) {
		size_t n = mark_len(&marks[i], s);

		if (!n)
			continue;
		c->at += n;
		if (f && f->level < marks[i].level)
			f->level = marks[i].level;
		if (f && marks[i].opens)
			f->opens = true;
		if (f && marks[i].closes)
			f->closes = true;
		return;
	}
}

static void
begin_line(struct cleaner *c)
{
	c->line_start = false;
	if (!(c->flags & CLEAN_GITHUB))
		return;
	if (str_starts(rest(c), STR("\xef\xbb\xbf")))
		c->at += 3;
	skip_stamp(c);
	skip_mark(c);
}

/* The end of an operating system command or the like, which begins at `at`; 0
 * when it has none.  Looked for only once, however many begin. */
static size_t
string_end(struct cleaner *c, size_t at)
{
	const char *p = c->s.p;
	size_t i = at > c->string_end ? at : c->string_end;

	while (i < c->s.len && p[i] != '\a' && p[i] != '\n' &&
	    !(p[i] == ESC && i + 1 < c->s.len && p[i + 1] == '\\'))
		i++;
	c->string_end = i;
	if (i == c->s.len || p[i] == '\n' || i - at > OSC_MAX_BYTES)
		return 0;
	return p[i] == '\a' ? i + 1 : i + 2;
}

/* Behind the parameters and the last byte of a control sequence. */
static size_t
control_end(struct str s, size_t i)
{
	while (i < s.len && s.p[i] >= 0x20 && s.p[i] <= 0x3f)
		i++;
	return i < s.len && s.p[i] >= 0x40 && s.p[i] <= 0x7e ? i + 1 : i;
}

static void
skip_escape(struct cleaner *c)
{
	struct str s = c->s;
	size_t i = c->at + 1, end;
	char what = i < s.len ? s.p[i] : '\0';

	c->at = i;
	if (what == '[') {
		c->at = control_end(s, i + 1);
	} else if (what && strchr("]PX^_", what)) {
		end = string_end(c, i + 1);
		c->at = end ? end : i + 1;
	} else if (what >= 0x20 && what <= 0x2f) {
		while (c->at < s.len && s.p[c->at] >= 0x20 &&
		    s.p[c->at] <= 0x2f)
			c->at++;
		c->at += c->at < s.len && s.p[c->at] >= 0x30 &&
		    s.p[c->at] <= 0x7e;
	} else if (what >= 0x30 && what <= 0x7e) {
		c->at++;
	}
}

/* A character that is more than one byte, or should be. */
static void
wide(struct cleaner *c)
{
	struct str s = rest(c);
	unsigned char lead = (unsigned char)s.p[0];
	size_t n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

	if (c->at >= c->utf8_until)
		c->utf8_until = c->at + utf8_check(s);
	if (c->at >= c->utf8_until) {
		put(c, STR("\xef\xbf\xbd"));
		c->at++;
		return;
	}
	c->at += n;
	if (lead == 0xc2 && (unsigned char)s.p[1] < 0xa0) {
		if ((unsigned char)s.p[1] == 0x9b)	/* CSI in one character */
			c->at = control_end(c->s, c->at);
		return;
	}
	if (c->at == n && str_starts(s, STR("\xef\xbb\xbf")))
		return;
	put(c, str_n(s.p, n));
}

/* "<<<Logpush: 1234 characters truncated>>>" */
static bool
skip_note(struct cleaner *c)
{
	struct str s = rest(c);
	size_t end;

	if (!str_starts(s, STR("<<<Logpush")))
		return false;
	if (s.len > NOTE_MAX_BYTES)
		s.len = NOTE_MAX_BYTES;
	end = str_find(s, STR(">>>"));
	if (end == s.len)
		return false;
	c->at += end + 3;
	return true;
}

static void
control(struct cleaner *c, char what)
{
	size_t i = c->at++;

	if (what == '\r') {
		while (c->at < c->s.len && c->s.p[c->at] == '\r')
			c->at++;
		if (c->at == c->s.len || c->s.p[c->at] == '\n')
			return;
		what = '\n';		/* a line was written over itself */
	}
	if (what == '\n' || what == '\t') {
		if (c->flags & CLEAN_ONE_LINE)
			what = ' ';
		if (what != '\n' || c->len)
			c->to[c->len++] = what;
		c->line_start = what == '\n';
	} else if (what == ESC) {
		c->at = i;
		skip_escape(c);
	}
}

/* Bytes that go through as they are. */
static bool
plain(char c)
{
	return (unsigned char)c - 0x20u < 0x7f - 0x20 && c != '<';
}

static size_t
plain_len(struct str s)
{
	size_t i = 0;

	while (i < s.len && plain(s.p[i]))
		i++;
	return i;
}

/* Is there nothing to do?  Newlines and tabs are fine in a message. */
static bool
is_clean(struct str s, unsigned flags)
{
	if (flags & CLEAN_GITHUB || (s.len && s.p[0] == '\n'))
		return false;
	for (;;) {
		size_t n = plain_len(s);

		if (n == s.len)
			return true;
		if (s.p[n] != '<' && (flags & CLEAN_ONE_LINE ||
		    (s.p[n] != '\n' && s.p[n] != '\t')))
			return false;
		s.p += n;
		s.len -= n;
		if (s.p[0] == '<' && str_starts(s, STR("<<<Logpush")))
			return false;
		s.p++;
		s.len--;
	}
}

static struct str
trimmed(struct str s)
{
	while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t' ||
	    s.p[s.len - 1] == '\n' || s.p[s.len - 1] == '\r'))
		s.len--;
	return s;
}

/* No text is longer when it is clean, but for bytes that become U+FFFD. */
static size_t
most_bytes(struct str s)
{
	size_t n = s.len;

	for (size_t i = 0; i < s.len; i++)
		n += (unsigned char)s.p[i] >= 0x80 ? 2 : 0;
	return n + 1;
}

struct str
log_clean(struct arena *a, struct str raw, unsigned flags,
    struct clean_found *found)
{
	struct cleaner c = { .flags = flags, .line_start = true,
	    .found = found };

	if (found)
		*found = (struct clean_found){ .level = -1, .ts = -1 };
	c.s = raw = trimmed(raw);
	if (!raw.p || is_clean(raw, flags))
		return raw;
	c.to = arena_bytes(a, most_bytes(raw));
	while (c.at < raw.len) {
		size_t n;

		if (c.line_start)
			begin_line(&c);
		n = plain_len(rest(&c));
		put(&c, str_n(raw.p + c.at, n));
		c.at += n;
		if (c.at == raw.len)
			break;
		if ((unsigned char)raw.p[c.at] >= 0x80)
			wide(&c);
		else if (raw.p[c.at] != '<')
			control(&c, raw.p[c.at]);
		else if (!skip_note(&c))
			c.to[c.len++] = raw.p[c.at++];
	}
	return trimmed(str_n(c.to, c.len));
}

/* The start of the character that the byte at i is a part of. */
static size_t
whole(struct str s, size_t i)
{
	while (i > 0 && i < s.len && ((unsigned char)s.p[i] & 0xc0) == 0x80)
		i--;
	return i;
}

struct str
log_cut(struct arena *a, struct str text, size_t max)
{
	enum { MARK_BYTES = 48 };
	size_t head, tail;

	if (text.len <= max)
		return text;
	if (max < 4 * MARK_BYTES)	/* a name: its tail tells nothing */
		return str_n(text.p, whole(text, max));
	/* what happened comes first, what caused it last */
	head = whole(text, (max - MARK_BYTES) / 4 * 3);
	tail = whole(text, text.len - (max - MARK_BYTES) / 4);
	return arena_fmt(a, "%.*s\n[%zu bytes left out]\n%.*s", (int)head,
	    text.p, tail - head, (int)(text.len - tail), text.p + tail);
}
