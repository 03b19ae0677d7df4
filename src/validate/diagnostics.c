#include "validate/diagnostics.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"

#define ESC '\033'

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Behind the terminal sequence that starts at i (ECMA-48). */
static size_t
sequence_end(struct str s, size_t i)
{
	char kind = ++i < s.len ? s.p[i] : '\0';

	if (kind == '[') {
		for (i++; i < s.len && s.p[i] >= 0x20 && s.p[i] < 0x40; i++)
			;
		return i < s.len ? i + 1 : i;
	}
	if (kind == ']') {		/* a title or a link, up to BEL or ESC \ */
		while (i < s.len && s.p[i] != '\a' && s.p[i] != ESC &&
		    s.p[i] != '\n')
			i++;
		if (i + 1 < s.len && s.p[i] == ESC && s.p[i + 1] == '\\')
			return i + 2;
		return i < s.len && s.p[i] == '\a' ? i + 1 : i;
	}
	return i < s.len && kind != '\n' ? i + 1 : i;
}

struct str
output_clean(struct arena *a, struct str raw)
{
	struct buf plain = BUF_INIT(raw.len + 1);
	struct buf out = BUF_INIT(raw.len * 3 + 1);
	struct str s;

	for (size_t i = 0; i < raw.len; ) {
		unsigned char c = (unsigned char)raw.p[i];

		if (c == ESC) {
			i = sequence_end(raw, i);
			continue;
		}
		if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f))
			buf_addc(&plain, (char)c);
		i++;
	}
	utf8_clean(&out, buf_str(&plain));
	s = arena_str(a, out.len ? buf_str(&out) : STR(""));
	buf_free(&plain);
	buf_free(&out);
	return s;
}

struct str
output_cut(struct arena *a, struct str s, size_t max, int64_t missing)
{
	size_t n = s.len < max ? s.len : max, line = n;

	if (s.len <= max && missing == 0)
		return s;
	while (line && s.p[line - 1] != '\n')
		line--;
	if (line)
		n = line;
	while (n && n < s.len && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;		/* no half of a character */
	return arena_fmt(a, "%.*s[%lld more bytes cut]\n", (int)n, s.p,
	    (long long)missing + (long long)(s.len - n));
}

struct str
output_without(struct arena *a, struct str s, const char *folder)
{
	struct buf out = BUF_INIT(s.len + 1);
	struct str name = arena_fmt(a, "%s/", folder);

	while (s.len) {
		size_t at = str_find(s, name);

		buf_add(&out, str_n(s.p, at));
		if (at == s.len)
			break;
		s = str_n(s.p + at + name.len, s.len - at - name.len);
	}
	s = arena_str(a, out.len ? buf_str(&out) : STR(""));
	buf_free(&out);
	return s;
}

/* Behind the digits at i. */
static size_t
digits_end(struct str s, size_t i)
{
	while (i < s.len && is_digit(s.p[i]))
		i++;
	return i;
}

/* The length of the position that starts at i, or 0. */
static size_t
position_at(struct str s, size_t i)
{
	char c = s.p[i];
	size_t end;

	if ((c == ':' || c == '(') && i > 0 && i + 1 < s.len &&
	    s.p[i - 1] != ' ') {
		size_t from = i + 1;

		/* "f.sh: 3: Syntax error" */
		if (c == ':' && s.p[from] == ' ')
			from++;
		end = digits_end(s, from);
		if (end == from)
			return 0;
		if (c == ':' && s.p[i + 1] == ' ')
			return end < s.len && s.p[end] == ':' ? end - i : 0;
		if (end + 1 < s.len && s.p[end] == (c == ':' ? ':' : ',') &&
		    is_digit(s.p[end + 1]))
			end = digits_end(s, end + 1);
		if (c == '(')
			return end < s.len && s.p[end] == ')' ? end + 1 - i : 0;
		return end == s.len || s.p[end] == ':' || s.p[end] == ' ' ||
		    s.p[end] == ',' ? end - i : 0;
	}
	if ((c == 'l' || c == 'L') && str_starts(str_n(s.p + i + 1,
	    s.len - i - 1), STR("ine ")) &&
	    (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '(')) {
		end = digits_end(s, i + 5);
		return end > i + 5 ? end - i : 0;
	}
	return 0;
}

/* "  3:5  error": the position of a line below its file's name, or 0. */
static size_t
stylish_position(struct str s)
{
	size_t i = 0, end;

	while (i < s.len && s.p[i] == ' ')
		i++;
	end = digits_end(s, i);
	if (i == 0 || end == i || end + 1 >= s.len || s.p[end] != ':' ||
	    !is_digit(s.p[end + 1]))
		return 0;
	end = digits_end(s, end + 1);
	return end < s.len && s.p[end] == ' ' ? end : 0;
}

/* The line without positions; false when it has none. */
static bool
key_write(struct str line, struct buf *out)
{
	size_t skip = stylish_position(line);
	bool found = skip > 0;
	bool blank = true;		/* runs of blanks are one: columns */

	for (size_t i = skip; i < line.len; ) {
		size_t n = position_at(line, i);

		if (n) {
			found = true;
			i += n;
			continue;
		}
		if (line.p[i] != ' ' || !blank)
			buf_addc(out, line.p[i]);
		blank = line.p[i] == ' ';
		i++;
	}
	return found;
}

/* Lines while they are looked at. */
struct scan {
	struct arena *a;
	struct diagnostics out;
	struct str heading;		/* of stylish lines */
	struct diagnostic *open;	/* a Python frame whose message follows */
};

static struct str
join(struct arena *a, struct str x, struct str y)
{
	return x.len ? arena_fmt(a, "%.*s %.*s", STR_ARG(x), STR_ARG(y)) : y;
}

static void
scan_line(struct scan *s, struct str line, bool any)
{
	struct buf key = BUF_INIT(line.len + 1);
	bool placed = key_write(line, &key);
	bool indented = line.p[0] == ' ' || line.p[0] == '\t';
	struct str keyed = arena_str(s->a, buf_str(&key));

	buf_free(&key);
	if (!any || placed) {
		struct diagnostic *d = &s->out.list[s->out.n++];
		struct str above = stylish_position(line) ? s->heading :
		    STR_NONE;

		d->text = join(s->a, above, line);
		d->key = join(s->a, above, keyed);
		s->open = str_starts(line, STR("  File \"")) ? d : NULL;
		return;
	}
	if (indented)
		return;
	s->heading = line;
	if (s->open) {
		s->open->text = join(s->a, s->open->text, line);
		s->open->key = join(s->a, s->open->key, keyed);
		s->open = NULL;
	}
}

static bool
any_placed(struct str text)
{
	while (text.len) {
		struct str line = str_cut(&text, '\n');
		struct buf key = BUF_INIT(line.len + 1);
		bool placed = key_write(line, &key);

		buf_free(&key);
		if (placed)
			return true;
	}
	return false;
}

struct diagnostics
diagnostics_find(struct arena *a, struct str output)
{
	struct scan s = { .a = a };
	bool any = any_placed(output);
	struct str rest = output;
	size_t lines = 1;

	for (size_t i = 0; i < output.len; i++)
		lines += output.p[i] == '\n';
	s.out.list = arena_array_of(a, struct diagnostic, lines);
	while (rest.len) {
		struct str line = str_cut(&rest, '\n');

		while (line.len && (line.p[line.len - 1] == ' ' ||
		    line.p[line.len - 1] == '\t'))
			line.len--;
		if (line.len > DIAGNOSTIC_MAX_BYTES) {
			line.len = DIAGNOSTIC_MAX_BYTES;
			while (((unsigned char)line.p[line.len] & 0xc0) == 0x80)
				line.len--;
		}
		if (line.len)
			scan_line(&s, line, any);
	}
	return s.out;
}

static int
by_key(const void *x, const void *y)
{
	const struct diagnostic *const *a = x, *const *b = y;
	int c = str_cmp((*a)->key, (*b)->key);

	return c ? c : (*a > *b) - (*a < *b);
}

static struct diagnostic **
sorted(struct arena *a, const struct diagnostics *d)
{
	struct diagnostic **list = arena_array_of(a, struct diagnostic *,
	    d->n + 1);

	for (size_t i = 0; i < d->n; i++)
		list[i] = &d->list[i];
	qsort(list, d->n, sizeof(*list), by_key);
	return list;
}

struct diagnostics
diagnostics_new(struct arena *a, const struct diagnostics *after,
    const struct diagnostics *before)
{
	struct diagnostic **x = sorted(a, after), **y = sorted(a, before);
	bool *fresh = arena_array_of(a, bool, after->n + 1);
	struct diagnostics out = { arena_array_of(a, struct diagnostic,
	    after->n + 1), 0 };

	for (size_t i = 0, j = 0; i < after->n; i++) {
		while (j < before->n && str_cmp(y[j]->key, x[i]->key) < 0)
			j++;
		if (j < before->n && str_eq(y[j]->key, x[i]->key))
			j++;
		else
			fresh[x[i] - after->list] = true;
	}
	for (size_t i = 0; i < after->n; i++)
		if (fresh[i])
			out.list[out.n++] = after->list[i];
	return out;
}

static bool
name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    is_digit(c) || c == '_' || c == '-' || c == '.' ||
	    (unsigned char)c >= 0x80;
}

bool
diagnostic_names(struct str text, struct str path)
{
	while (path.len) {
		size_t at = str_find(text, path), end = at + path.len;

		if (at == text.len)
			return false;
		/* before it may stand a folder: the view's own, or "./" */
		if ((at == 0 || !name_byte(text.p[at - 1])) &&
		    (end == text.len || !name_byte(text.p[end]) ||
		    text.p[end] == '.'))
			return true;
		text = str_n(text.p + at + 1, text.len - at - 1);
	}
	return false;
}
