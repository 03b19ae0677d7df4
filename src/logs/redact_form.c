#include "logs/redact_form.h"

#define PEM_NAME_BYTES	80	/* "-----BEGIN ENCRYPTED PRIVATE KEY-----" */
#define PEM_MAX_BYTES	KIB(16)	/* of RSA with 8192 bits: 7 KiB */
#define URL_LOOK_BYTES	512	/* for the end of user and password */
#define AWS_LOOK_BYTES	256	/* from a key's id to its secret */
#define AWS_SECRET_BYTES 40
#define JWT_PART_BYTES	8
#define SK_LOOK_BYTES	128
#define ERROR_BYTES	32	/* "error_description=" */
#define BARE_USER_BYTES	20	/* as a user without password: it is a token */

unsigned
char_sets(char c)
{
	if (c >= '0' && c <= '9')
		return DIGITS | HEX;
	if (c >= 'a' && c <= 'z')
		return c <= 'f' ? LOWER | HEX : LOWER;
	if (c >= 'A' && c <= 'Z')
		return c <= 'F' ? UPPER | HEX : UPPER;
	switch (c) {
	case '_': return UNDER;
	case '-': return DASH;
	case '.': return DOT;
	case '/': return SLASH;
	case '+': return PLUS;
	case '=': return EQUALS;
	case '~': return TILDE;
	case ':': return COLON;
	default: return 0;
	}
}

size_t
run_end(struct str s, size_t from, size_t until, unsigned chars)
{
	if (until > s.len)
		until = s.len;
	while (from < until && char_sets(s.p[from]) & chars)
		from++;
	return from;
}

size_t
find_byte(struct str s, size_t from, size_t until, char what)
{
	const char *p = from < until ? memchr(s.p + from, what, until - from) :
	    NULL;

	return p ? (size_t)(p - s.p) : until;
}

size_t
mark_end(struct str s, size_t from)
{
	struct str rest = str_n(s.p + from, s.len - from);

	if (!str_starts(rest, STR(MARK_BEGIN)))
		return 0;
	rest.p += strlen(MARK_BEGIN);
	rest.len -= strlen(MARK_BEGIN);
	/* of our kinds: nobody hides anything in one of his own */
	for (size_t i = 0; i < REDACT__MAX; i++) {
		struct str kind = str(redact_kinds[i]);

		if (str_starts(rest, kind) && rest.len > kind.len &&
		    rest.p[kind.len] == ']')
			return (size_t)(rest.p - s.p) + kind.len + 1;
	}
	return 0;
}

char
char_before(const struct scan *c, size_t from)
{
	if (from == 0)
		return '\0';
	return from <= c->done ? ']' : c->s.p[from - 1];
}

void
look_ahead(struct scan *c, struct span span)
{
	struct span *w = NULL;

	for (size_t i = 0; i < countof(c->ahead); i++) {
		w = &c->ahead[i];
		if (w->from >= w->to) {
			*w = span;
			return;
		}
		if (span.from < w->to && w->from < span.to)
			break;
	}
	/* one of both, or no place: what lies between them goes too */
	if (span.from < w->from)
		w->from = span.from;
	if (span.to > w->to)
		w->to = span.to;
}

bool
looks_random(struct str s)
{
	size_t digits = 0, upper = 0, lower = 0, slashes = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned set = char_sets(s.p[i]);

		digits += (set & DIGITS) != 0;
		upper += (set & UPPER) != 0;
		lower += (set & LOWER) != 0;
		slashes += (set & SLASH) != 0;
	}
	/* base64 has a slash in 64 bytes, a path has one in ten */
	if (s.len < 32 || digits == 0 || upper + lower == 0 ||
	    slashes * 12 > s.len)
		return false;
	return digits >= 6 || (upper >= 4 && lower >= 4);
}

static bool
is_exactly(const struct scan *c, const struct form *f, size_t from)
{
	return memcmp(c->s.p + from, f->word.p, f->word.len) == 0;
}

static bool
stands_alone(const struct scan *c, size_t from)
{
	return !(char_sets(char_before(c, from)) & ALNUM);
}

bool
look_mark(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	size_t end = is_exactly(c, f, from) ? mark_end(c->s, from) : 0;

	(void)to;
	*out = (struct span){ end, end, f->kind };
	return end != 0;
}

bool
look_prefix(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	if (!is_exactly(c, f, from))
		return false;
	*out = (struct span){ from, run_end(c->s, to, c->s.len, f->chars),
	    f->kind };
	return out->to - to >= f->run;
}

/* "pw_" eight digits "_" 43 characters */
bool
look_own(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	size_t id = run_end(c->s, to, to + 8, HEX), end;

	if (id != to + 8 || id == c->s.len || c->s.p[id] != '_')
		return false;
	end = run_end(c->s, id + 1, c->s.len, f->chars);
	*out = (struct span){ from, end, f->kind };
	return end - id - 1 >= f->run && is_exactly(c, f, from);
}

/* "sk-" is in "disk-usage" too, and in names of styles. */
bool
look_sk(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	size_t end = run_end(c->s, to, to + SK_LOOK_BYTES, f->chars), i;
	bool digit = false, letter = false;

	if (!stands_alone(c, from) || end - to < f->run ||
	    !is_exactly(c, f, from))
		return false;
	for (i = to; i < end; i++) {
		digit = digit || char_sets(c->s.p[i]) & DIGITS;
		letter = letter || char_sets(c->s.p[i]) & (LOWER | UPPER);
	}
	if (!digit || !letter)
		return false;
	end = run_end(c->s, end, c->s.len, f->chars);
	*out = (struct span){ from, end, f->kind };
	return true;
}

/* Three parts of base64url, or five when it is encrypted; the second begins
 * with an object too, unless it is. */
bool
look_token_jwt(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	struct str s = c->s;
	size_t first, second, end;

	if (from < c->no_jwt || !is_exactly(c, f, from))
		return false;
	first = run_end(s, to, s.len, f->chars);
	second = first < s.len && s.p[first] == '.' ?
	    run_end(s, first + 1, s.len, f->chars) : first;
	if (first - to < f->run || second < first + 1 + JWT_PART_BYTES ||
	    second == s.len || s.p[second] != '.') {
		/* nor does one that begins within these parts */
		c->no_jwt = second;
		return false;
	}
	end = run_end(s, second, s.len, f->chars | DOT);
	while (end > second && s.p[end - 1] == '.')
		end--;			/* of the sentence */
	*out = (struct span){ from, end > second ? end : second + 1, f->kind };
	return true;
}

/* The id of a key; and its secret, which has no form but its length, when it
 * is near. */
bool
look_aws(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	const unsigned chars = ALNUM | SLASH | PLUS;
	struct str s = c->s;
	size_t end = run_end(s, to, to + f->run, f->chars), i = end, until;

	if (end != to + f->run || !is_exactly(c, f, from) ||
	    !stands_alone(c, from) ||
	    (end < s.len && char_sets(s.p[end]) & f->chars))
		return false;
	*out = (struct span){ from, end, f->kind };
	until = end + AWS_LOOK_BYTES < s.len ? end + AWS_LOOK_BYTES : s.len;
	while (i < until) {
		size_t run = run_end(s, i, i + AWS_SECRET_BYTES + 1, chars);

		if (run - i == AWS_SECRET_BYTES &&
		    run_end(s, i, run, HEX) != run) {
			look_ahead(c, (struct span){ i, run,
			    REDACT_AWS_SECRET });
			break;
		}
		run = run_end(s, run, until, chars);
		i = run > i ? run : i + 1;
	}
	return true;
}

/* The user's password, and a token in the place of a user. */
bool
look_url(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	struct str s = c->s;
	size_t until = to + URL_LOOK_BYTES < s.len ? to + URL_LOOK_BYTES : s.len;
	size_t at = 0, colon = 0, i = to;

	(void)from;
	(void)out;
	while (i < until && !is_one_of(s.p[i], "/?# \t\n\"'<>\\`")) {
		if (mark_end(s, i))
			return false;	/* there may have been anything */
		if (s.p[i] == '@')
			at = i;
		else if (s.p[i] == ':' && !colon && !at)
			colon = i;
		i++;
	}
	if (!at)
		return false;
	i = colon ? colon + 1 : to;
	if (i == at)
		return false;
	if (colon ? !value_is_trivial(str_n(s.p + i, at - i), f->kind) :
	    at - i >= BARE_USER_BYTES && run_end(s, i, at, LOWER | DOT) != at)
		look_ahead(c, (struct span){ i, at, f->kind });
	return false;
}

/* Words that follow "Bearer" in sentences. */
static bool
is_prose(struct str s)
{
	static const char *const words[] = { "authentication",
	    "authorization", "credentials", "challenge" };

	return str_index(s, words, countof(words)) >= 0;
}

bool
look_bearer(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	struct str s = c->s;
	size_t i = to, end;

	(void)from;
	(void)out;
	while (i < s.len && i < to + 8 && is_one_of(s.p[i], " \t:="))
		i++;
	if (i == to && str_starts(str_n(s.p + to, s.len - to), STR("%20")))
		i += 3;
	if (i == to)
		return false;
	if (i < s.len && (s.p[i] == '"' || s.p[i] == '\''))
		i++;
	end = run_end(s, i, s.len, f->chars);
	while (end > i && (s.p[end - 1] == '.' || s.p[end - 1] == ':'))
		end--;
	if (end - i < f->run || is_prose(str_n(s.p + i, end - i)) ||
	    (end - i < ERROR_BYTES && s.p[end - 1] == '=' && end < s.len &&
	    s.p[end] == '"'))
		return false;
	look_ahead(c, (struct span){ i, end, f->kind });
	return false;
}

static int
digit64(char c)
{
	unsigned set = char_sets(c);

	if (set & UPPER)
		return c - 'A';
	if (set & LOWER)
		return c - 'a' + 26;
	if (set & DIGITS)
		return c - '0' + 52;
	return set & (PLUS | DASH) ? 62 : 63;
}

/* Is it "user:password" in base64?  Control characters are in none. */
static bool
is_credentials(struct str s)
{
	unsigned bits = 0;
	int n = 0;
	bool colon = false;

	for (size_t i = 0; i < s.len && s.p[i] != '='; i++) {
		bits = (bits << 6 | (unsigned)digit64(s.p[i])) & 0xffff;
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		if ((bits >> n & 0xff) < 0x20)
			return false;
		colon = colon || (bits >> n & 0xff) == ':';
	}
	return colon;
}

bool
look_basic(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	size_t end = run_end(c->s, to, c->s.len, f->chars);

	(void)from;
	*out = (struct span){ to, end, f->kind };
	return c->s.p[to - 1] == ' ' && end - to >= f->run &&
	    is_credentials(str_n(c->s.p + to, end - to));
}

/* What a job asks its runner to hide, up to the end of the line. */
bool
look_line(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	size_t end = find_byte(c->s, to, c->s.len, '\n');

	(void)from;
	*out = (struct span){ to, end, f->kind };
	return end > to && mark_end(c->s, to) != end &&
	    !value_is_trivial(str_n(c->s.p + to, end - to), f->kind);
}

/* What may stand within a key whose end is not there. */
static bool
is_key_char(char c)
{
	return char_sets(c) & ANY64 || is_one_of(c, " \t\r\n\\:,\"'");
}

bool
look_private_key(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	struct str s = c->s, name = str_n(s.p + to, s.len - to), body;
	size_t end;

	for (end = 0; end < name.len && end < PEM_NAME_BYTES &&
	    (name.p[end] == ' ' || char_sets(name.p[end]) & (UPPER | DIGITS));
	    end++)
		;
	name.len = end;
	if (!is_exactly(c, f, from) ||
	    str_find(name, STR("PRIVATE KEY")) == name.len)
		return false;
	body = str_n(s.p + to, s.len - to);
	if (body.len > PEM_MAX_BYTES)
		body.len = PEM_MAX_BYTES;
	end = to + str_find(body, STR("-----END"));
	if (end < to + body.len) {	/* and what it is the end of */
		end += strlen("-----END");
		while (end < s.len && (char_sets(s.p[end]) & UPPER ||
		    s.p[end] == ' '))
			end++;
		end = run_end(s, end, end + 5, DASH);
	} else {
		end = to;
		while (end < s.len && is_key_char(s.p[end]))
			end++;
		c->open = end == s.len;
	}
	*out = (struct span){ from, end, f->kind };
	return true;
}
