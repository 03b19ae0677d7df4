#include "dialect/diff_name.h"

static const char escapes[] = "abtnvfr\"\\";
static const char escaped[] = "\a\b\t\n\v\f\r\"\\";

/* Three octal digits, from '\001' to '\377'. */
static bool
octal(struct str s, char *out)
{
	unsigned v = 0;

	if (s.len < 3)
		return false;
	for (size_t i = 0; i < 3; i++) {
		unsigned d = (unsigned)(unsigned char)s.p[i] - '0';

		if (d > 7)
			return false;
		v = v * 8 + d;
	}
	*out = (char)v;
	return v > 0 && v < 256;
}

/* *s begins with a quote; it is left behind the closing one. */
static bool
unquote(struct arena *a, struct str *s, struct str *out)
{
	char *copy = NULL;
	size_t n = 0, i;

	for (i = 1; i < s->len && s->p[i] != '"'; i++) {
		char c = s->p[i];

		if (c == '\\') {
			const char *hit;

			if (!copy) {
				copy = arena_alloc(a, s->len);
				memcpy(copy, s->p + 1, n);
			}
			if (++i == s->len)
				return false;
			hit = s->p[i] ? strchr(escapes, s->p[i]) : NULL;
			if (hit)
				c = escaped[hit - escapes];
			else if (octal(str_n(s->p + i, s->len - i), &c))
				i += 2;
			else
				return false;
		}
		if (copy)
			copy[n] = c;
		n++;
	}
	if (i >= s->len)
		return false;
	*out = str_n(copy ? copy : s->p + 1, n);
	*s = str_n(s->p + i + 1, s->len - i - 1);
	return true;
}

static bool
is_name(struct str s)
{
	return s.len && !str_has(s, '\0');
}

bool
diff_name_read(struct arena *a, struct str s, struct str *name)
{
	*name = s;
	if (s.len && s.p[0] == '"' && (!unquote(a, &s, name) || s.len))
		return false;
	return is_name(*name);
}

bool
diff_name_side(struct arena *a, struct str s, struct str *name,
    struct str *stamp)
{
	if (s.len && s.p[0] == '"') {
		if (!unquote(a, &s, name))
			return false;
		*stamp = str_trim(s);
		return is_name(*name);
	}
	*stamp = STR_NONE;
	if (str_has(s, '\t')) {
		*name = str_cut(&s, '\t');
		*stamp = s;
	} else {
		/* A name that ends in blanks would have a tab behind it. */
		*name = str_trim(s);
	}
	return is_name(*name);
}

bool
diff_name_pair(struct arena *a, struct str s, struct str *old,
    struct str *new)
{
	struct str quote = STR(" \"");
	size_t half = s.len / 2;

	if (s.len && s.p[0] == '"')
		return unquote(a, &s, old) && is_name(*old) && s.len > 1 &&
		    s.p[0] == ' ' &&
		    diff_name_read(a, str_n(s.p + 1, s.len - 1), new);
	if (str_find(s, quote) != s.len) {
		half = str_find(s, quote);
		*old = str_n(s.p, half);
		return is_name(*old) && diff_name_read(a,
		    str_n(s.p + half + 1, s.len - half - 1), new);
	}
	/* Two names of one file are of one length. */
	if (s.len % 2 == 0 || s.len < 3 || s.p[half] != ' ')
		return false;
	*old = str_n(s.p, half);
	*new = str_n(s.p + half + 1, half);
	return is_name(s) && diff_name_common(*old, *new).p;
}

static bool
has_prefix(struct str s)
{
	/* git's a and b; commit, index, object and work tree. */
	return s.len > 2 && s.p[1] == '/' && strchr("abciow", s.p[0]);
}

static struct str
behind(struct str s, size_t n)
{
	return str_n(s.p + n, s.len - n);
}

struct str
diff_name_common(struct str old, struct str new)
{
	static const char *const kept[] = { ".orig", ".old", ".bak", "~" };

	if (str_eq(old, new))
		return old;
	if (has_prefix(old) && has_prefix(new) && old.p[0] != new.p[0]) {
		old = behind(old, 2);
		new = behind(new, 2);
	}
	if (str_eq(old, new))
		return new;
	for (size_t i = 0; i < countof(kept); i++)
		if (str_starts(old, new) &&
		    str_is(behind(old, new.len), kept[i]))
			return new;
	return STR_NONE;
}

bool
diff_name_means(struct str side, struct str name)
{
	return str_eq(side, name) ||
	    (has_prefix(side) && str_eq(behind(side, 2), name));
}
