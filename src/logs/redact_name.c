#include "logs/redact_form.h"

#include <ctype.h>
#include <strings.h>

#include "logs/needles.h"

#define NEAR_LOOK_BYTES	40	/* from a name to what looks random */
#define RANDOM_MAX_BYTES 512	/* of that; more is not looked at */
#define SLASHES_MAX	8	/* before a quote, in text within text */
#define HEADER_LOOK_BYTES 1024
#define ARRAY_LOOK_BYTES 1024
#define SCHEME_MAX_BYTES 24	/* "AWS4-HMAC-SHA256" */

#define NAME_CHARS	(ALNUM | UNDER | DASH)

static bool
is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char
byte_at(struct str s, size_t i)
{
	return i < s.len ? s.p[i] : '\0';
}

static size_t
skip_blanks(struct str s, size_t i)
{
	while (i < s.len && is_blank(s.p[i]))
		i++;
	return i;
}

/* What follows "token_" when it is about tokens, and holds none. */
static bool
is_about(struct str word)
{
	static const char *const words[] = { "error", "errors", "type", "name",
	    "id", "expires", "expired", "expiry", "expiration", "in", "at",
	    "ttl", "age", "count", "counts", "length", "len", "size", "limit",
	    "limits", "url", "uri", "file", "path", "dir", "policy", "reset",
	    "field", "version", "valid", "invalid", "usage", "used", "budget",
	    "endpoint", "header", "prefix", "status", "state", "exists",
	    "missing", "required", "rotation", "rotated", "provider",
	    "manager", "store", "ref", "arn", "changed", "index", "kind",
	    "exception", "service", "for", "per", "total", "max", "min",
	    "scopes", "scope", "strength", "not", "was", "is" };
	char lower[16];

	if (word.len >= sizeof(lower))
		return false;
	for (size_t i = 0; i < word.len; i++)
		lower[i] = (char)tolower((unsigned char)word.p[i]);
	return str_index(str_n(lower, word.len), words, countof(words)) >= 0;
}

bool
suffix_is_fine(struct str s)
{
	static const char *const camel[] = { "Key", "Value", "Hash", "String",
	    "Secret", "Text", "Base64", "B64", "Plain", "Raw", "Data",
	    "Credential", "Credentials", "AccessKey", "SecretKey" };
	size_t last = s.len;

	if (s.len && (s.p[0] == 's' || s.p[0] == 'S')) {
		s.p++;
		last = --s.len;
	}
	if (s.len == 0 || run_end(s, 0, s.len, DIGITS) == s.len)
		return true;
	if (s.p[0] == '_' || s.p[0] == '-') {
		while (last > 0 && !(char_sets(s.p[last - 1]) & (UNDER | DASH)))
			last--;
		return !is_about(str_n(s.p + last, s.len - last));
	}
	/* "TokenExpiredError: …" is a class */
	return str_index(s, camel, countof(camel)) >= 0;
}

bool
value_is_trivial(struct str v, enum redact_kind kind)
{
	static const char *const words[] = { "null", "none", "nil", "true",
	    "false", "undefined", "yes", "no", "None", "Null", "NULL", "True",
	    "False", "empty", "string", "required", "missing", "invalid" };
	size_t i = 0;

	while (i < v.len && is_one_of(v.p[i], "*.-_"))
		i++;
	if (i == v.len || str_index(v, words, countof(words)) >= 0)
		return true;
	/* a count, or a column */
	return kind == REDACT_TOKEN && v.len <= 7 &&
	    run_end(v, 0, v.len, DIGITS | COLON) == v.len;
}

/* Where the name begins that from is in. */
static size_t
name_begin(const struct scan *c, size_t from)
{
	size_t least = from > NAME_LOOK_BYTES ? from - NAME_LOOK_BYTES : 0;

	if (least < c->done)
		least = c->done;
	while (from > least && char_sets(c->s.p[from - 1]) & NAME_CHARS)
		from--;
	return from;
}

/* What stands between a name and its value. */
struct joint {
	bool quoted;		/* the name was */
	bool comma;		/* only a quoted value can follow */
	bool colon;
	size_t value;		/* where it begins */
};

/* i is behind the name. */
static bool
read_joint(struct str s, size_t i, bool xml, struct joint *j)
{
	size_t most = i + SLASHES_MAX;

	while (i < most && byte_at(s, i) == '\\')
		i++;
	if (is_quote(byte_at(s, i))) {
		j->quoted = true;
		i++;
	}
	i += byte_at(s, i) == ']';
	i = skip_blanks(s, i);
	j->colon = byte_at(s, i) == ':';
	if (j->colon) {
		i++;
		if (byte_at(s, i) == ':' ||
		    (byte_at(s, i) == '/' && byte_at(s, i + 1) == '/'))
			return false;		/* of a class, of a URL */
		i += byte_at(s, i) == '=';
	} else if (byte_at(s, i) == '=') {
		while (byte_at(s, i) == '=')
			i++;
		i += byte_at(s, i) == '>';
	} else if (xml && byte_at(s, i) == '>') {
		i++;
	} else if (j->quoted && byte_at(s, i) == ',') {
		j->comma = true;
		i++;
	} else if (byte_at(s, i) == '%' && byte_at(s, i + 1) == '3' &&
	    is_one_of(byte_at(s, i + 2), "DdAa")) {
		i += 3;
	} else {
		return false;
	}
	j->value = skip_blanks(s, i);
	return true;
}

/* Behind a quote, which had so many backslashes before it: where the next one
 * of that depth is, or the end of the line. */
static size_t
quoted_end(struct str s, size_t from, char quote, size_t slashes)
{
	size_t i = from, run = 0;

	for (; i < s.len && s.p[i] != '\n'; i++) {
		if (s.p[i] == quote && (slashes ? run <= slashes :
		    run % 2 == 0))
			return slashes && i >= from + run ? i - run : i;
		run = s.p[i] == '\\' ? run + 1 : 0;
	}
	return i;
}

/* Does "name=" or "name:" begin at i?  A mark within it is a part of it. */
static bool
is_next_name(struct str s, size_t i)
{
	size_t end = i, mark;

	do {
		end = run_end(s, end, s.len, NAME_CHARS | DOT);
		mark = end < s.len ? mark_end(s, end) : 0;
		end = mark ? mark : end;
	} while (mark);
	return end > i && (byte_at(s, end) == '=' || byte_at(s, end) == ':');
}

static size_t
bare_end(struct str s, size_t i)
{
	for (; i < s.len; i++) {
		char c = s.p[i], next = byte_at(s, i + 1);

		if (is_blank(c) || c == '\n' || c == '\r' || is_quote(c) ||
		    c == '<')
			break;
		if (c == '\\' && is_one_of(next, "\"'nrt\\["))
			break;
		if (c == '%' && next == '2' && byte_at(s, i + 2) == '6')
			break;
		/* passwords may have these; what follows them tells */
		if ((c == ',' || c == ';' || c == '&') && (!next ||
		    is_blank(next) || next == '\n' || is_quote(next) ||
		    next == '{' || next == '[' || is_next_name(s, i + 1)))
			break;
	}
	return i;
}

static size_t
without_closers(struct str s, size_t from, size_t to)
{
	while (to > from && is_one_of(s.p[to - 1], ")]}>."))
		to--;
	return to;
}

/* Is it a mark, with nothing but closing brackets behind it? */
static bool
is_marked(struct str s, struct span span)
{
	size_t mark = mark_end(s, span.from);

	return mark && without_closers(s, span.from, span.to) < mark;
}

/* What is within the brackets that open at i; false when they do not close, or
 * there are but numbers. */
static bool
read_array(struct str s, size_t i, struct span *out)
{
	size_t until = i + ARRAY_LOOK_BYTES;
	bool numbers = true;

	out->from = ++i;
	for (; i < until && i < s.len && s.p[i] != '\n'; i++) {
		if (s.p[i] == ']') {
			out->to = i;
			return !numbers;
		}
		numbers = numbers && is_one_of(s.p[i], "0123456789 ,.-");
	}
	return false;
}

/* How many backslashes stand before the quote that a value begins with; -1: it
 * begins with none. */
static int
quote_depth(struct str s, size_t i)
{
	int slashes = 0;

	while (slashes < SLASHES_MAX && byte_at(s, i) == '\\') {
		slashes++;
		i++;
	}
	return is_quote(byte_at(s, i)) ? slashes : -1;
}

/* The value that begins at i. */
static bool
read_value(struct str s, size_t i, bool comma, struct span *out)
{
	int slashes;
	size_t end;

	if (is_one_of(byte_at(s, i), "bBuUrR") && is_quote(byte_at(s, i + 1)))
		i++;
	slashes = quote_depth(s, i);
	if (slashes >= 0) {
		i += (size_t)slashes;
		out->from = i + 1;
		out->to = quoted_end(s, out->from, s.p[i], (size_t)slashes);
		return out->from < out->to &&
		    mark_end(s, out->from) != out->to;
	}
	if (comma)
		return false;
	if (byte_at(s, i) == '[' && !mark_end(s, i)) {
		end = i + 1 < s.len ? mark_end(s, i + 1) : 0;
		if (end && byte_at(s, end) == ']')
			return false;
		if (read_array(s, i, out))
			return true;
	}
	end = bare_end(s, i);
	*out = (struct span){ i, end, out->kind };
	if (is_marked(s, *out))
		return false;
	out->to = without_closers(s, i, end);
	return out->to > i;
}

/* Something like a hash or base64, a few words behind a name. */
static void
look_near(struct scan *c, enum redact_kind kind, size_t i)
{
	struct str s = c->s;
	const unsigned chars = ANY64;
	size_t until = i + NEAR_LOOK_BYTES;

	while (i < until && i < s.len && s.p[i] != '\n' && s.p[i] != '[') {
		size_t end = char_sets(s.p[i]) & ALNUM &&
		    is_one_of(s.p[i - 1], " \t\"'`(<") ?
		    run_end(s, i, i + RANDOM_MAX_BYTES, chars) : i;

		if (byte_at(s, end) != '[' &&
		    looks_random(str_n(s.p + i, end - i))) {
			look_ahead(c, (struct span){ i,
			    run_end(s, end, s.len, chars), kind });
			return;
		}
		i = end > i ? end : i + 1;
	}
}

bool
look_name(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	struct str s = c->s, value;
	size_t end = run_end(s, to, to + NAME_LOOK_BYTES, NAME_CHARS);
	size_t begin = name_begin(c, from), i;
	struct joint j = { 0 };
	struct span span = { .kind = f->kind };

	(void)out;
	if (s.p[from] == ' ' || !suffix_is_fine(str_n(s.p + to, end - to)))
		return false;
	if (!read_joint(s, end, char_before(c, begin) == '<', &j)) {
		i = skip_blanks(s, end);
		if (byte_at(s, begin) != '-' || byte_at(s, begin + 1) != '-' ||
		    i == end || byte_at(s, i) == '-' ||
		    (i < s.len && mark_end(s, i))) {
			look_near(c, f->kind, end);
			return false;
		}
		j.value = i;		/* --password hunter2 */
	}
	if (to - from == 3 && is_one_of(byte_at(s, j.value), "/~."))
		return false;		/* PWD=/home/me */
	if (!read_value(s, j.value, j.comma, &span))
		return false;
	value = str_n(s.p + span.from, span.to - span.from);
	if (value.len < f->run || value_is_trivial(value, f->kind))
		return false;
	look_ahead(c, span);
	return false;
}

/* Of a header within quotes ('Cookie: a=b'): up to that quote; else the end of
 * the line, or so many bytes. */
static size_t
header_end(const struct scan *c, size_t begin, size_t value, size_t most)
{
	struct str s = c->s;
	char quote = char_before(c, begin);
	size_t end = value;

	while (end < s.len && end - value < most && s.p[end] != '\n' &&
	    !(is_quote(quote) && s.p[end] == quote))
		end++;
	while (end > value && (is_blank(s.p[end - 1]) ||
	    s.p[end - 1] == '\r' || s.p[end - 1] == '\\'))
		end--;
	return end;
}

/* Does a scheme have more than one word behind it? */
static bool
has_parameters(struct str scheme)
{
	static const struct str names[] = { STR("digest"), STR("aws4-"),
	    STR("oauth"), STR("signature"), STR("hawk"), STR("googlelogin") };

	for (size_t i = 0; i < countof(names); i++)
		if (scheme.len >= names[i].len && strncasecmp(scheme.p,
		    names[i].p, names[i].len) == 0)
			return true;
	return false;
}

static size_t
word_end(struct str s, size_t i, size_t until)
{
	while (i < until && !is_blank(s.p[i]) && !is_quote(s.p[i]) &&
	    s.p[i] != ',' && s.p[i] != ';')
		i++;
	return i;
}

/* A scheme, and what it needs: one word, or all that follows. */
static size_t
credentials_end(struct str s, size_t from, size_t until)
{
	size_t scheme = run_end(s, from, from + SCHEME_MAX_BYTES,
	    ALNUM | DASH), end;

	if (scheme < until && is_blank(s.p[scheme])) {
		if (has_parameters(str_n(s.p + from, scheme - from)))
			return until;
		end = word_end(s, skip_blanks(s, scheme), until);
		return end > until ? until : end;
	}
	return word_end(s, from, until);
}

/* The value of a header whose name stands before end. */
static bool
look_header(struct scan *c, const struct form *f, size_t from, size_t end,
    bool whole)
{
	struct str s = c->s;
	size_t begin = name_begin(c, from), until;
	struct joint j = { 0 };
	struct span span = { .kind = f->kind };

	if (!read_joint(s, end, char_before(c, begin) == '<', &j))
		return false;
	if (j.comma || j.quoted || quote_depth(s, j.value) >= 0) {
		if (!read_value(s, j.value, j.comma, &span))
			return false;
	} else {
		whole = whole && j.colon;
		until = header_end(c, begin, j.value,
		    whole ? s.len : HEADER_LOOK_BYTES);
		span.from = j.value;
		span.to = whole ? until : credentials_end(s, j.value, until);
		if (span.from >= span.to || is_marked(s, span))
			return false;
	}
	if (value_is_trivial(str_n(s.p + span.from, span.to - span.from),
	    f->kind))
		return false;
	look_ahead(c, span);
	return false;
}

bool
look_authorization(struct scan *c, const struct form *f, size_t from,
    size_t to, struct span *out)
{
	(void)out;
	if (char_sets(byte_at(c->s, to)) & NAME_CHARS)
		return false;
	return look_header(c, f, from, to, false);
}

bool
look_cookie(struct scan *c, const struct form *f, size_t from, size_t to,
    struct span *out)
{
	size_t end = run_end(c->s, to, to + 2, NAME_CHARS);

	(void)out;
	if (end > to + 1 || (end == to + 1 && !is_one_of(c->s.p[to], "sS2")))
		return false;
	return look_header(c, f, from, end, true);
}

int
name_kind(const struct redactor *r, struct str name)
{
	struct needles_at at = { 0 };
	int word;

	while ((word = needles_next(redactor_needles(r), &at, name,
	    name.len)) >= 0) {
		const struct form *f = redact_forms;

		if ((size_t)word >= redact_n_forms)
			continue;
		f += word;
		if ((f->look == look_name || f->look == look_authorization ||
		    f->look == look_cookie) &&
		    suffix_is_fine(str_n(name.p + at.at, name.len - at.at)))
			return (int)f->kind;
	}
	return -1;
}
