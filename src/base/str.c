#include "base/str.h"

#include "base/limits.h"

#define LANES 16
#define SPOTS 64		/* where a long text is sampled */
#define NEAR_BYTES KIB(16)	/* where sampling is not worth its time */

typedef unsigned char lanes __attribute__((vector_size(LANES)));

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len &&
	    (!prefix.len || memcmp(s.p, prefix.p, prefix.len) == 0);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && (!suffix.len ||
	    memcmp(s.p + s.len - suffix.len, suffix.p, suffix.len) == 0);
}

bool
str_has(struct str s, char c)
{
	return s.len && memchr(s.p, c, s.len);
}

/* Two places of the needle whose bytes are the rarest in samples of s. */
static void
rarest(struct str s, struct str needle, size_t *i, size_t *j)
{
	unsigned count[256] = { 0 };
	size_t step = s.len / SPOTS;

	for (size_t k = 0; k < SPOTS; k++)
		for (size_t b = 0; b < SPOTS; b++)
			count[(unsigned char)s.p[k * step + b]]++;
	*i = *j = 0;
	for (size_t k = 1; k < needle.len; k++) {
		unsigned n = count[(unsigned char)needle.p[k]];

		if (n < count[(unsigned char)needle.p[*i]]) {
			*j = *i;
			*i = k;
		} else if (*j == *i ||
		    n < count[(unsigned char)needle.p[*j]]) {
			*j = k;
		}
	}
}

/* Look at many places at once for two bytes of the needle.  Gives up, with *at
 * the first place not looked at, when so much had to be compared that it would
 * not be linear. */
static bool
find_pair(struct str s, struct str needle, size_t *at)
{
	size_t i, j, last = s.len - needle.len, budget = s.len * 4;
	lanes a, b, x, y;

	rarest(s, needle, &i, &j);
	a = (lanes){ 0 } + (unsigned char)needle.p[i];
	b = (lanes){ 0 } + (unsigned char)needle.p[j];
	for (*at = 0; *at + LANES <= last; *at += LANES) {
		unsigned char hit[LANES];
		uint64_t any[2];

		memcpy(&x, s.p + *at + i, sizeof(x));
		memcpy(&y, s.p + *at + j, sizeof(y));
		x = (lanes)(x == a) & (lanes)(y == b);
		memcpy(any, &x, sizeof(any));
		if (!(any[0] | any[1]))
			continue;
		memcpy(hit, &x, sizeof(hit));
		for (size_t k = 0; k < LANES; k++) {
			if (!hit[k])
				continue;
			if (memcmp(s.p + *at + k, needle.p, needle.len) == 0) {
				*at += k;
				return true;
			}
			if (needle.len > budget)
				return false;
			budget -= needle.len;
		}
	}
	return false;
}

size_t
str_find(struct str s, struct str needle)
{
	size_t near = s.len, at = 0;
	struct str rest;
	const char *hit;

	if (needle.len == 0)
		return 0;
	if (s.len < needle.len)
		return s.len;
	if (needle.len > 1 && s.len - needle.len > 2 * NEAR_BYTES)
		near = NEAR_BYTES + needle.len - 1;
	hit = memmem(s.p, near, needle.p, needle.len);
	if (hit || near == s.len)
		return hit ? (size_t)(hit - s.p) : s.len;
	rest = str_n(s.p + NEAR_BYTES, s.len - NEAR_BYTES);
	if (find_pair(rest, needle, &at))
		return NEAR_BYTES + at;
	hit = memmem(rest.p + at, rest.len - at, needle.p, needle.len);
	return hit ? (size_t)(hit - s.p) : s.len;
}

struct str
str_trim(struct str s)
{
	while (s.len && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.len--;
	}
	while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

struct str
str_cut(struct str *rest, char sep)
{
	struct str head = *rest;
	const char *at = head.len ? memchr(head.p, sep, head.len) : NULL;

	if (!at) {
		*rest = STR_NONE;
		return head;
	}
	head.len = (size_t)(at - head.p);
	*rest = str_n(at + 1, rest->len - head.len - 1);
	return head;
}

bool
str_int(struct str s, int64_t *out)
{
	bool neg = s.len && s.p[0] == '-';
	uint64_t limit = neg ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	uint64_t v = 0;
	size_t i = neg;

	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		unsigned d = (unsigned char)s.p[i] - (unsigned)'0';

		if (d > 9 || v > (limit - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Match one [set] at *pi of the pattern; *pi is left behind its ']'. */
static bool
set_match(struct str pat, size_t *pi, char c)
{
	size_t i = *pi + 1;
	bool not = i < pat.len && (pat.p[i] == '!' || pat.p[i] == '^');
	bool hit = false;
	size_t first;

	i += not;
	for (first = i; i < pat.len && (pat.p[i] != ']' || i == first); i++) {
		char lo = pat.p[i], hi = lo;

		if (i + 2 < pat.len && pat.p[i + 1] == '-' &&
		    pat.p[i + 2] != ']') {
			hi = pat.p[i + 2];
			i += 2;
		}
		if (c >= lo && c <= hi)
			hit = true;
	}
	if (i >= pat.len)		/* no ']': a literal '[' */
		return c == '[' && (++*pi, true);
	*pi = i + 1;
	return hit != not && c != '/';
}

/* One step of the pattern against c; *pi moves behind the step. */
static bool
one_match(struct str pat, size_t *pi, char c)
{
	char p = pat.p[*pi];

	if (p == '[')
		return set_match(pat, pi, c);
	if (p == '\\' && *pi + 1 < pat.len)
		p = pat.p[++*pi];
	else if (p == '?') {
		++*pi;
		return c != '/';
	}
	++*pi;
	return p == c;
}

/* The next place that "**" may reach up to: behind the next '/' when it stands
 * for whole names. */
static bool
deep_next(struct str path, size_t *at, bool folders)
{
	if (*at >= path.len)
		return false;
	++*at;
	while (folders && path.p[*at - 1] != '/')
		if (++*at > path.len)
			return false;
	return true;
}

bool
str_glob(struct str pat, struct str path)
{
	/* Where to take up again after the last '*' and the last '**'. */
	size_t pi = 0, si = 0, star_p = SIZE_MAX, star_s = 0;
	size_t deep_p = SIZE_MAX, deep_s = 0;
	bool folders = false;	/* the last "**" stands for whole names */

	for (;;) {
		size_t next = pi;

		if (pi < pat.len && pat.p[pi] == '*') {
			if (pi + 1 < pat.len && pat.p[pi + 1] == '*') {
				pi += 2;
				/* "**" + "/" also matches no folder at all */
				folders = pi < pat.len && pat.p[pi] == '/' &&
				    (si == 0 || path.p[si - 1] == '/');
				pi += folders;
				deep_p = pi;
				deep_s = si;
				star_p = SIZE_MAX;
			} else {
				star_p = ++pi;
				star_s = si;
			}
			continue;
		}
		if (si == path.len && pi == pat.len)
			return true;
		if (si < path.len && pi < pat.len &&
		    one_match(pat, &next, path.p[si])) {
			pi = next;
			si++;
		} else if (star_p != SIZE_MAX && star_s < path.len &&
		    path.p[star_s] != '/') {
			pi = star_p;
			si = ++star_s;
		} else if (deep_p != SIZE_MAX &&
		    deep_next(path, &deep_s, folders)) {
			pi = deep_p;
			si = deep_s;
			star_p = SIZE_MAX;
		} else {
			return false;
		}
	}
}

bool
str_hex(struct str s, uint64_t *out)
{
	*out = 0;
	if (s.len == 0 || s.len > 16)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int d = hex_digit(s.p[i]);

		if (d < 0)
			return false;
		*out = *out << 4 | (uint64_t)d;
	}
	return true;
}

int
str_index(struct str s, const char *const names[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (names[i] && str_is(s, names[i]))
			return (int)i;
	return -1;
}
