/* wash.h - what every line goes through before anybody else sees it: cleaned,
 * then redacted, then cut.
 *
 * In that order: colours can stand within a secret, and half of one is not
 * recognised.  All texts of the line are washed, also its names and meta.
 * Lines of one source come in order, so that a private key that is spread over
 * several is seen. */
#ifndef LOGS_WASH_H
#define LOGS_WASH_H

#include "logs/clean.h"
#include "logs/redact.h"
#include "model/log_line.h"

struct wash {
	const struct redactor *redactor;	/* borrowed */
	struct redact_counts counts;
	size_t cut;		/* messages that were too long */
	size_t key_lines;	/* of the private key that goes on */
	struct clean_found found;	/* in the last message */
};

#define WASH(r) ((struct wash){ .redactor = (r) })

/* The texts of l are from the arena, or where they were.  flags: enum
 * clean_flag, of the message.  A level or time that its marks tell goes into l;
 * false when no message is left. */
bool wash_line(struct wash *w, struct arena *a, struct log_line *l,
    unsigned flags);

#endif
