/* redact_form.h - what a secret looks like, or what stands before it; only for
 * logs/redact*.
 *
 * A form has a word that is looked for.  When it was found, its function looks
 * at what is around it, and tells what to redact.  All of them look no farther
 * than what they redact, or than some bytes: the whole stays linear. */
#ifndef LOGS_REDACT_FORM_H
#define LOGS_REDACT_FORM_H

#include "logs/redact.h"

#define NAME_LOOK_BYTES	64	/* of an identifier that a word is in */
#define MARK_BEGIN	"[redacted:"

struct span {
	size_t from, to;
	enum redact_kind kind;
};

struct form;

struct scan {
	struct str s;
	size_t done;		/* behind what was redacted last, or a mark */
	/* Will be redacted when it is come to, after what stands before it was
	 * looked at; from >= to: nothing.  They do not overlap. */
	struct span ahead[4];
	size_t no_jwt;		/* up to here none begins */
	bool open;		/* it ended within a private key */
};

/* The word stands at s.p[from] to s.p[to].  True with what is to be redacted,
 * which begins before to or there; false when this is no secret, or when it
 * begins later and look_ahead() has it. */
typedef bool form_look(struct scan *c, const struct form *f, size_t from,
    size_t to, struct span *out);

struct form {
	struct str word;
	enum redact_kind kind;
	form_look *look;
	size_t run;		/* characters that follow it, at least */
	unsigned chars;		/* of which sets: enum char_set */
};

enum char_set {
	DIGITS = 1, LOWER = 2, UPPER = 4, UNDER = 8, DASH = 16, DOT = 32,
	SLASH = 64, PLUS = 128, EQUALS = 256, TILDE = 512, HEX = 1024,
	COLON = 2048,
	ALNUM = DIGITS | LOWER | UPPER,
	URL64 = ALNUM | UNDER | DASH,
	ANY64 = URL64 | SLASH | PLUS | EQUALS,
};

/* NUL is none. */
static inline bool
is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

unsigned char_sets(char c);
/* Where the run of such characters ends that begins at from, or at until. */
size_t run_end(struct str s, size_t from, size_t until, unsigned chars);
/* The mark that stands at s.p[from]: where it ends; 0: there is none. */
size_t mark_end(struct str s, size_t from);
/* Where that byte is next, or until. */
size_t find_byte(struct str s, size_t from, size_t until, char what);
/* Redact it when it is come to. */
void look_ahead(struct scan *c, struct span span);
/* What stands before from; ']' when that was redacted. */
char char_before(const struct scan *c, size_t from);
/* A run of 32 or more that looks made by a machine. */
bool looks_random(struct str s);

/* redact_form.c: the form tells it */
form_look look_mark, look_prefix, look_private_key, look_token_jwt, look_aws,
    look_url, look_bearer, look_basic, look_line, look_own,
    look_sk;
/* redact_name.c: a name tells it */
form_look look_name, look_authorization, look_cookie;
/* Is a secret what a member of that name holds?  Its kind, or -1. */
int name_kind(const struct redactor *r, struct str name);
bool suffix_is_fine(struct str suffix);
/* "true", "null", "***": nothing that has to be hidden. */
bool value_is_trivial(struct str value, enum redact_kind kind);

/* redact.c */
extern const struct form redact_forms[];
extern const size_t redact_n_forms;
const struct needles *redactor_needles(const struct redactor *r);

#endif
