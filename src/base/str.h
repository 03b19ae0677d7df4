/* str.h - a borrowed slice of bytes.
 *
 * p need not end in NUL and may be NULL, which means "absent"; "" is present
 * and empty.  A str never owns what it points to. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t len;
};

#define STR(lit)	((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_NONE	((struct str){ NULL, 0 })
#define countof(a)	(sizeof(a) / sizeof((a)[0]))
/* For printf's "%.*s". */
#define STR_ARG(s)	(int)(s).len, (s).p ? (s).p : ""

static inline struct str
str(const char *c)
{
	return (struct str){ c, c ? strlen(c) : 0 };
}

static inline struct str
str_n(const char *p, size_t len)
{
	return (struct str){ p, len };
}

/* Empty counts as absent. */
static inline struct str
str_some(struct str s)
{
	return s.len ? s : (struct str){ NULL, 0 };
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool
str_is(struct str a, const char *c)
{
	return str_eq(a, str(c));
}

/* FNV-1a, for tables in memory; begin with STR_HASH, or go on from what another
 * text gave. */
#define STR_HASH UINT32_C(2166136261)
static inline uint32_t
str_hash(uint32_t h, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT32_C(16777619);
	return h;
}

int str_cmp(struct str a, struct str b);	/* bytewise, like strcmp */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_has(struct str s, char c);
/* Where needle first stands in s, or s.len. */
size_t str_find(struct str s, struct str needle);
struct str str_trim(struct str s);		/* blanks and tabs at both ends */

/* Cut *rest at the first sep: what stands before it is returned, *rest is what
 * stands after; without a sep all is returned and *rest becomes STR_NONE. */
struct str str_cut(struct str *rest, char sep);

/* All of s as a decimal integer within int64_t; false when it is none. */
bool str_int(struct str s, int64_t *out);

/* All of s as hexadecimal digits, at most 16; false when it is none. */
bool str_hex(struct str s, uint64_t *out);
/* Which of n names s is (entries may be NULL), or -1. */
int str_index(struct str s, const char *const names[], size_t n);
/* 0 to 15, or -1 when c is no hex digit (either case). */
int hex_digit(char c);

/* Shell-like match of a path: * and ? stop at '/', ** does not, [a-z] sets,
 * \ escapes.  Linear in practice: one level of back-tracking per kind of star. */
bool str_glob(struct str pattern, struct str path);

#endif
