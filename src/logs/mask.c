#include "logs/mask.h"

#include <strings.h>

#include "logs/head.h"
#include "logs/token.h"

enum {
	TOKEN_MAX_BYTES = 128,		/* more is data, not a word */
	EDGE_BYTES = 16,		/* of brackets and quotes around one */
	HEX_BYTES = 8
};

struct masker {
	struct buf *out;
	struct str last;	/* the token before */
	size_t unit_at;		/* where out ended with a number; 0: it does not */
};

/* "status 502", "HTTP 404", "exit code 137": the number is what happened. */
static bool
is_status(const struct masker *m, struct str s)
{
	struct str l = m->last;

	if (s.len != 3 || !token_only(s, IS_DIGIT) || s.p[0] < '1' || s.p[0] > '5')
		return false;
	if (l.len && strchr(":=", l.p[l.len - 1]))
		l.len--;
	return (l.len == 4 && (strncasecmp(l.p, "code", 4) == 0 ||
	    strncasecmp(l.p, "http", 4) == 0)) ||
	    (l.len == 6 && strncasecmp(l.p, "status", 6) == 0) ||
	    (l.len == 8 && strncasecmp(l.p, "HTTP/", 5) == 0);
}

/* The end of the word that begins at i, and how often letters and digits take
 * turns in it. */
static size_t
word_end(struct str s, size_t i, int *turns)
{
	unsigned was = class_of(s, i) & IS_DIGIT;

	*turns = 0;
	for (; is_word_byte(s, i); i++)
		if ((class_of(s, i) & IS_DIGIT) != was) {
			was ^= IS_DIGIT;
			++*turns;
		}
	return i;
}

static void
put_number(struct buf *out, size_t *glue)
{
	/* "1,234", "0.1", "3_m_0" are one number. */
	if (*glue && out->len - *glue <= 3 &&
	    !memchr(out->p + *glue, '=', out->len - *glue)) {
		out->len = *glue;
	} else {
		if (out->len && out->p[out->len - 1] == '-' &&
		    (out->len < 2 ||
		    !is_word_byte(str_n(out->p, out->len), out->len - 2)))
			out->len--;		/* a sign */
		buf_add(out, STR("<num>"));
	}
	*glue = out->len;
}

/* A word that has a digit. */
static void
put_mixed(struct buf *out, struct str w, int turns, size_t *glue)
{
	unsigned all = token_classes_of(w);
	size_t letters = 0;

	if (w.len > 2 && w.p[0] == '0' && (w.p[1] | 0x20) == 'x' &&
	    token_only(str_n(w.p + 2, w.len - 2), IS_HEX)) {
		buf_add(out, STR("<hex>"));
	} else if (w.len >= HEX_BYTES && all & IS_LETTER && turns > 1 &&
	    token_only(w, IS_HEX)) {
		buf_add(out, STR("<hex>"));
	} else if (turns > 3 && w.len >= HEX_BYTES) {
		buf_add(out, STR("<value>"));
	} else {
		while (class_of(w, letters) & IS_LETTER)
			letters++;
		buf_add(out, str_n(w.p, letters));
		put_number(out, letters ? &(size_t){ 0 } : glue);
		*glue = out->len;
		return;
	}
	*glue = 0;
}

/* Words as they are, what has digits in it masked. */
static void
put_words(struct buf *out, struct str s)
{
	size_t glue = 0;

	for (size_t i = 0, end; i < s.len; i = end) {
		int turns;
		struct str w;

		if (!is_word_byte(s, i)) {
			buf_addc(out, s.p[i]);
			end = i + 1;
			continue;
		}
		end = word_end(s, i, &turns);
		w = str_n(s.p + i, end - i);
		if (class_of(s, i) & IS_DIGIT) {
			size_t ip = token_ipv4(str_n(s.p + i, s.len - i));

			if (ip) {
				buf_add(out, STR("<ip>"));
				glue = 0;
				end = i + ip;
				continue;
			}
		}
		if (!turns && !(class_of(s, i) & IS_DIGIT))
			buf_add(out, w);
		else
			put_mixed(out, w, turns, &glue);
	}
}

/* The name that all of s is a case of, or NULL. */
static const char *
whole(struct str s, unsigned all)
{
	size_t scheme = all & IS_SLASH && all & IS_COLON ?
	    str_find(s, STR("://")) : s.len;

	if (scheme < s.len && token_only(str_n(s.p, scheme), IS_LETTER))
		return "<url>";
	if (all & IS_AT && token_is_email(s))
		return "<email>";
	if (!(all & IS_DIGIT))
		return NULL;
	if (token_is_uuid(s))
		return "<uuid>";
	if (head_is_time(s))
		return "<time>";
	if (token_ipv4(s) == s.len)
		return "<ip>";
	if (all & IS_COLON && token_is_colon_address(s))
		return "<ip>";
	if (s.len >= OPAQUE_BYTES && token_only(s, IS_HEX))
		return "<hex>";
	return token_is_opaque(s) ? "<value>" : NULL;
}

static void put_core(struct masker *m, struct str s, unsigned all);

/* "key=value", and "key=" of an empty one. */
static bool
put_pair(struct masker *m, struct str s)
{
	size_t at = 0;
	struct str value;

	while (at < s.len && s.p[at] != '=')
		at++;
	if (!at || at + 1 >= s.len || s.len > TOKEN_MAX_BYTES)
		return false;
	m->last = str_n(s.p, at);
	buf_add(m->out, str_n(s.p, at + 1));
	value = str_n(s.p + at + 1, s.len - at - 1);
	put_core(m, value, token_classes_of(value));
	return true;
}

static void
put_core(struct masker *m, struct str s, unsigned all)
{
	const char *name;

	if (all & IS_EQUAL && !(all & IS_SLASH) && put_pair(m, s))
		return;
	name = s.len ? whole(s, all) : NULL;
	if (name)
		buf_adds(m->out, name);
	else if (s.len > TOKEN_MAX_BYTES)
		buf_add(m->out, STR("<value>"));
	else if (all & IS_EQUAL && put_pair(m, s))
		return;
	else if (!(all & IS_DIGIT) || token_is_code(s) || is_status(m, s))
		buf_add(m->out, s);
	else
		put_words(m->out, s);
}

/* "3.2 KB" and "12 B" are one thing told in two ways. */
static bool
is_unit(struct str s)
{
	static const char *const units[] = {
		"B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "kB",
		"bytes", "ns", "us", "ms", "s", "sec", "secs"
	};

	for (size_t i = 0; i < countof(units); i++)
		if (str_is(s, units[i]))
			return true;
	return false;
}

static size_t
trim_front(struct str s)
{
	size_t n = 0;

	while (n < s.len && n < EDGE_BYTES && strchr("([{<\"'`", s.p[n]))
		n++;
	return n;
}

static size_t
trim_back(struct str s, size_t from)
{
	size_t n = s.len;

	while (n > from && s.len - n < EDGE_BYTES &&
	    strchr(",.;:)]}>\"'`!", s.p[n - 1]))
		n--;
	return n;
}

static void
put_token(struct masker *m, struct str t, bool first)
{
	size_t front = trim_front(t);
	size_t back = trim_back(t, front);
	struct str core = str_n(t.p + front, back - front);
	struct buf *out = m->out;

	if (!first && m->unit_at && m->unit_at == out->len && !front &&
	    is_unit(core)) {
		buf_add(out, str_n(t.p + back, t.len - back));
		return;
	}
	if (!first)
		buf_addc(out, ' ');
	buf_add(out, str_n(t.p, front));
	put_core(m, core, token_classes_of(core));
	m->unit_at = out->len >= 5 &&
	    memcmp(out->p + out->len - 5, "<num>", 5) == 0 &&
	    back == t.len ? out->len : 0;
	buf_add(out, str_n(t.p + back, t.len - back));
	m->last = core;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Cut the next token off; its len is 0 at the end. */
static struct str
next_token(struct str *s)
{
	struct str t;
	size_t i = 0, from;

	if (!s->len)
		return STR_NONE;
	while (i < s->len && is_blank(s->p[i]))
		i++;
	for (from = i; i < s->len && !is_blank(s->p[i]); i++)
		;
	t = str_n(s->p + from, i - from);
	*s = str_n(s->p + i, s->len - i);
	return t;
}

/* "Sat Jun 11 03:28:22 2005", "2015-10-18 18:01:47,978": cut off what else
 * belongs to the date that t begins.  No "May" of English does. */
static bool
is_date(struct str t, struct str *rest)
{
	struct str after = *rest, next = next_token(&after);
	int more = 0;

	if (head_is_day_name(t)) {
		if (!(class_of(next, 0) & IS_DIGIT) && !head_is_day_name(next))
			return false;
	} else if (!(class_of(t, 0) & IS_DIGIT) || !head_is_time(t)) {
		return false;
	}
	while (more++ < 5 && (head_is_day_name(next) || head_is_time(next) ||
	    (head_is_day_name(t) && next.len <= 4 && token_only(next, IS_DIGIT)))) {
		*rest = after;
		next = next_token(&after);
	}
	return true;
}

struct str
mask_headline(struct str text)
{
	struct str rest = text, best = STR_NONE;

	while (rest.len) {
		struct str line = str_cut(&rest, '\n');
		struct str scan = line;
		bool two = next_token(&scan).len && next_token(&scan).len;

		if (two)
			return line;
		if (!best.len && str_trim(line).len)
			best = line;
	}
	return best.len ? best : text;
}

void
mask_text(struct buf *out, struct str text)
{
	struct masker m = { .out = out, .last = STR_NONE };
	struct str rest = head_skip(mask_headline(text));
	size_t start = out->len;

	for (int n = 0;; n++) {
		struct str t = next_token(&rest);

		if (!t.len)
			break;
		if (n == TEMPLATE_MAX_TOKENS ||
		    out->len - start > TEMPLATE_MAX_BYTES - 2 * KIB(1)) {
			buf_add(out, STR(" <...>"));
			break;
		}
		if (is_date(t, &rest)) {
			buf_add(out, n ? STR(" <time>") : STR("<time>"));
			m.last = t;
			continue;
		}
		put_token(&m, t, n == 0);
	}
}
