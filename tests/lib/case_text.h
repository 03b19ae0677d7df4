/* case_text.h - the text of a .case file: sections, escapes, and what stands
 * for hashes and texts in the JSON of a batch. */
#ifndef TESTS_CASE_TEXT_H
#define TESTS_CASE_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "tap.h"

#define NAMED_MAX 64

/* Texts with names, in the order in which they came. */
struct named {
	struct str name, bytes;
	bool exists, seen;
	unsigned mode;
};

struct names {
	struct named n[NAMED_MAX];
	size_t len;
};

static inline struct named *
names_find(struct names *list, struct str name)
{
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(list->n[i].name, name))
			return &list->n[i];
	return NULL;
}

static inline struct named *
names_add(struct names *list, struct str name, struct str bytes)
{
	struct named *n = &list->n[list->len];

	if (list->len++ == NAMED_MAX)
		bail_out("a case has too many texts");
	*n = (struct named){ name, bytes, true, false, 0644 };
	return n;
}

/* The text of a section: \r, \t, \\, \xHH, and \c at the end for "no newline". */
static inline struct str
unescape(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c != '\\' || i + 1 == s.len) {
			p[n++] = c;
			continue;
		}
		switch (s.p[++i]) {
		case 'r': p[n++] = '\r'; break;
		case 't': p[n++] = '\t'; break;
		case 'c': i++; break;		/* and the newline behind it */
		case 'x':
			if (i + 2 >= s.len)
				bail_out("\\x needs two digits");
			p[n++] = (char)(hex_digit(s.p[i + 1]) * 16 +
			    hex_digit(s.p[i + 2]));
			i += 2;
			break;
		default: p[n++] = s.p[i]; break;
		}
	}
	return str_n(p, n);
}

struct section {
	struct str verb, arg;	/* "before", "f" */
	struct str body;	/* as it is written */
};

/* The next "-- verb arg" and what follows it; false at the end of the case. */
static inline bool
next_section(struct str *rest, struct section *out)
{
	size_t end;

	if (!str_starts(*rest, STR("-- ")))
		return false;
	out->arg = str_cut(rest, '\n');
	out->arg = str_n(out->arg.p + 3, out->arg.len - 3);
	out->verb = str_cut(&out->arg, ' ');
	if (!out->arg.p)
		out->arg = STR("");
	if (!rest->p)
		*rest = STR("");
	out->body = STR("");
	if (str_starts(*rest, STR("-- ")) || rest->len == 0)
		return true;
	end = str_find(*rest, STR("\n-- "));
	if (end < rest->len)
		end++;
	out->body = str_n(rest->p, end);
	*rest = str_n(rest->p + end, rest->len - end);
	return true;
}

static inline void
put_json(struct buf *out, struct str s)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", c);
		else if (c < 0x20)
			buf_addf(out, "\\u%04x", c);
		else
			buf_addc(out, (char)c);
	}
	buf_addc(out, '"');
}

static inline void
put_hash(struct arena *a, struct buf *out, const struct named *n)
{
	put_json(out, sha256_hex(a, sha256_of(n->bytes)));
}

/* What a word may stand for. */
struct words {
	struct names *before, *olds, *texts;
};

static inline void
put_word(struct arena *a, struct buf *out, const struct words *w,
    struct str word, struct str name)
{
	bool hash = str_is(word, "HASH");
	struct names *list = str_is(word, "NOW") ? w->before :
	    str_is(word, "OLD") ? w->olds : hash || str_is(word, "TEXT") ?
	    w->texts : NULL;
	struct named *n = list ? names_find(list, name) : NULL;

	if (!n)
		bail_out("a case speaks of a text that it does not have");
	if (list == w->texts && !hash)
		put_json(out, n->bytes);
	else
		put_hash(a, out, n);
}

/* $NOW(FILE), $OLD(FILE), $HASH(NAME), $TEXT(NAME) in a batch become JSON
 * strings. */
static inline struct str
expand(struct arena *a, struct str s, const struct words *w)
{
	struct buf out = BUF_INIT(MIB(4));
	struct str done;

	for (;;) {
		size_t at = str_find(s, STR("$")), n = at + 1;
		struct str word, name;

		while (n < s.len && s.p[n] >= 'A' && s.p[n] <= 'Z')
			n++;
		if (at == s.len || n == s.len || s.p[n] != '(') {
			buf_add(&out, str_n(s.p, n < s.len ? n : s.len));
			if (n >= s.len)
				break;
			s = str_n(s.p + n, s.len - n);
			continue;
		}
		buf_add(&out, str_n(s.p, at));
		word = str_n(s.p + at + 1, n - at - 1);
		s = str_n(s.p + n + 1, s.len - n - 1);
		name = str_cut(&s, ')');
		put_word(a, &out, w, word, name);
		if (!s.p)
			bail_out("a word of a batch has no ')'");
	}
	done = arena_str(a, buf_str(&out));
	buf_free(&out);
	return done;
}

#endif
