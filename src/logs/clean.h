/* clean.h - a message as text for people: what terminals, runners and
 * transports put around it goes.
 *
 * Gone afterwards: escape sequences (colours, titles, links), control
 * characters but for newline and tab, GitHub's time before each line and its
 * ##[error] marks, Logpush's notes about what it cut.  A lone CR is a newline.
 * What is not UTF-8 is U+FFFD. */
#ifndef LOGS_CLEAN_H
#define LOGS_CLEAN_H

#include "base/arena.h"

struct clean_found {
	int level;	/* enum line_level that a mark told; -1: none did */
	int64_t ts;	/* ms UTC, of the first line; -1 */
	bool opens;	/* ##[group]: what follows belongs to it */
	bool closes;	/* ##[endgroup]: the message is empty */
};

enum clean_flag {
	CLEAN_GITHUB = 1,	/* lines begin with their time, and have marks */
	CLEAN_ONE_LINE = 2,	/* newlines and tabs become blanks: a name */
};

/* raw itself when it is clean already, else from the arena.  Blanks at the end
 * are gone in any case.  found may be NULL. */
struct str log_clean(struct arena *a, struct str raw, unsigned flags,
    struct clean_found *found);

/* At most max bytes: the head and the tail of longer texts, and between them
 * how much is missing.  Splits no character.  Only for what is redacted
 * already: half of a secret looks like nothing. */
struct str log_cut(struct arena *a, struct str text, size_t max);

#endif
