#include "logs/head.h"

#include "model/log_line.h"

/* What was seen so far, as far as it decides what may still come. */
struct head {
	struct str rest;
	bool timed, levelled;
	bool syslog;		/* "Jun 14 15:16:01": a host and a program follow */
	bool done;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(struct str s)
{
	size_t n = 0;

	while (n < s.len && is_digit(s.p[n]))
		n++;
	return n;
}

static void
drop(struct str *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

/* Take a number of least to most digits off the front of *s. */
static bool
take_digits(struct str *s, size_t least, size_t most)
{
	size_t n = digits(*s);

	if (n < least || n > most)
		return false;
	drop(s, n);
	return true;
}

static bool
take_one_of(struct str *s, const char *chars)
{
	if (!s->len || !s->p[0] || !strchr(chars, s->p[0]))
		return false;
	drop(s, 1);
	return true;
}

static bool
take_date(struct str *s)
{
	struct str try = *s;
	size_t n = digits(try);

	if ((n != 4 && n != 2) || !take_digits(&try, n, n) ||
	    !take_one_of(&try, "-/") || !take_digits(&try, 2, 2) ||
	    !take_one_of(&try, "-/") || !take_digits(&try, 2, 4))
		return false;
	*s = try;
	return true;
}

static void
take_zone(struct str *s)
{
	struct str try = *s;

	if (take_one_of(s, "Zz"))
		return;
	if (take_one_of(&try, "+-") && take_digits(&try, 2, 4)) {
		if (take_one_of(&try, ":"))
			take_digits(&try, 2, 2);
		*s = try;
	}
}

static bool
take_clock(struct str *s, bool dated)
{
	struct str try = *s;
	bool seconds;

	if (!take_digits(&try, 1, 2) || !take_one_of(&try, ":") ||
	    !take_digits(&try, 2, 2))
		return false;
	seconds = take_one_of(&try, ":") && take_digits(&try, 2, 2);
	if (!seconds && !dated)
		return false;
	if (take_one_of(&try, ".,"))
		take_digits(&try, 1, 9);
	take_zone(&try);
	*s = try;
	return true;
}

bool
head_is_time(struct str token)
{
	if (!token.len || !is_digit(token.p[0]))
		return false;
	if (!take_date(&token))
		return take_clock(&token, false) && !token.len;
	if (!token.len)
		return true;
	return take_one_of(&token, "T_:") && take_clock(&token, true) &&
	    !token.len;
}

bool
head_is_day_name(struct str token)
{
	static const char names[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct "
	    "Nov Dec Mon Tue Wed Thu Fri Sat Sun ";

	if (token.len == 4 && token.p[3] == ',')
		token.len--;
	if (token.len != 3)
		return false;
	for (size_t i = 0; i < sizeof(names) - 1; i += 4)
		if (memcmp(names + i, token.p, 3) == 0)
			return true;
	return false;
}

static struct str
skip_blanks(struct str s)
{
	while (s.len && (s.p[0] == ' ' || s.p[0] == '\t'))
		drop(&s, 1);
	return s;
}

static struct str
first_token(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.p[n] != ' ' && s.p[n] != '\t')
		n++;
	return str_n(s.p, n);
}

static bool
is_level(struct str word)
{
	enum line_level level;

	return word.len > 2 && line_level_parse(word, &level) == 0;
}

static bool
is_upper(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 'A' || s.p[i] > 'Z')
			return false;
	return true;
}

/* "org.apache.x.Y:" or "dfs.DataNode$PacketResponder:" */
static bool
is_logger(struct str token)
{
	return token.len > 3 && token.p[token.len - 1] == ':' &&
	    (str_has(token, '.') || str_has(token, '$')) &&
	    !str_has(token, '/') && !is_digit(token.p[0]);
}

/* Where the bracket at the front closes, or 0 when it does not soon. */
static size_t
bracket_end(struct str s)
{
	int depth = 0;

	for (size_t i = 0; i < s.len && i < 200; i++) {
		if (s.p[i] == '[')
			depth++;
		else if (s.p[i] == ']' && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* "[Sun Dec 04 04:47:44 2005]" */
static bool
all_time(struct str inner)
{
	bool clock = false;

	while (inner.len) {
		struct str t = first_token(inner);

		if (head_is_time(t))
			clock = true;
		else if (!head_is_day_name(t) && digits(t) != t.len)
			return false;
		drop(&inner, t.len);
		inner = skip_blanks(inner);
	}
	return clock;
}

static bool
skip_bracket(struct head *h)
{
	size_t end = bracket_end(h->rest);
	struct str inner, level, next;

	if (end < 3)
		return false;
	inner = str_n(h->rest.p + 1, end - 2);
	level = inner;			/* "core:error" of Apache 2.4 */
	for (size_t i = 0; i + 1 < inner.len; i++)
		if (inner.p[i] == ':')
			level = str_n(inner.p + i + 1, inner.len - i - 1);
	next = skip_blanks(str_n(h->rest.p + end, h->rest.len - end));
	if (all_time(inner))
		h->timed = true;
	else if (is_level(inner) || (h->timed && is_level(level)))
		h->levelled = true;
	else if (!h->timed || !(digits(inner) == inner.len ||
	    str_starts(inner, STR("pid ")) ||
	    is_logger(first_token(next)) ||
	    str_is(first_token(next), "-")))
		return false;
	h->rest = next;
	return true;
}

/* "Jun 14 15:16:01": the names of days and months, and the number of a day. */
static bool
skip_day(struct head *h)
{
	struct str try = h->rest;
	struct str t = first_token(try);
	bool named = false;

	while (head_is_day_name(t) || (named && digits(t) == t.len && t.len)) {
		named = true;
		drop(&try, t.len);
		try = skip_blanks(try);
		t = first_token(try);
	}
	if (!named || !head_is_time(t))
		return false;
	drop(&try, t.len);
	h->rest = skip_blanks(try);
	h->timed = h->syslog = true;
	return true;
}

/* "081109 203615 148": how Hadoop of old wrote it. */
static bool
skip_packed(struct head *h)
{
	struct str s = h->rest;

	if (digits(s) != 6 || s.len < 14 || s.p[6] != ' ')
		return false;
	drop(&s, 7);
	if (digits(s) != 6 || s.len < 7 || s.p[6] != ' ')
		return false;
	drop(&s, 6);
	h->rest = skip_blanks(s);
	h->timed = true;
	return true;
}

static bool
skip_word(struct head *h)
{
	struct str t = first_token(h->rest);
	struct str word = t;

	if (word.len && strchr(":,", word.p[word.len - 1]))
		word.len--;
	if (head_is_time(word))
		h->timed = true;
	else if (is_level(word) && (h->timed || is_upper(word)))
		h->levelled = true;
	else if (h->timed && h->levelled && is_logger(t))
		h->done = true;
	else if (!h->timed || !(digits(t) == t.len || str_is(t, "-") ||
	    str_is(t, "|")))
		return false;
	drop(&h->rest, t.len);
	h->rest = skip_blanks(h->rest);
	return true;
}

/* The machine, then "sshd[24200]:". */
static void
skip_program(struct head *h)
{
	struct str s = h->rest;
	struct str t = first_token(s);

	drop(&s, t.len);
	s = skip_blanks(s);
	t = first_token(s);
	if (t.len < 2 || t.p[t.len - 1] != ':')
		return;
	drop(&s, t.len);
	h->rest = skip_blanks(s);
}

struct str
head_skip(struct str line)
{
	struct head h = { .rest = skip_blanks(line) };
	bool more = true;

	if (skip_packed(&h) || skip_day(&h))
		more = true;
	if (h.syslog) {
		skip_program(&h);
		more = false;
	}
	while (more && !h.done && h.rest.len)
		more = h.rest.p[0] == '[' ? skip_bracket(&h) : skip_word(&h);
	return h.rest.len ? h.rest : line;
}
