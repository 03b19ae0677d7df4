/* plain.h - lines of plain text, of which nothing is known but the text: how
 * bad each says it is, and which belong together. */
#ifndef LOGS_PLAIN_H
#define LOGS_PLAIN_H

#include "base/str.h"

/* The enum line_level that it tells of itself ("ERROR", "[warn]", "level=info",
 * "TypeError: …", "panic:"), or -1. */
int plain_level(struct str line);

/* What has to be remembered of the lines before. */
struct plain_stack {
	int within;	/* whose trace goes on; 0: nobody's */
	bool open;	/* there is a line that others can belong to */
};

/* Does line belong to the one before it?  So do frames, causes, and what else
 * is a part of a stack trace, and what is indented.  Lines in order, without
 * what a runner puts before them. */
bool plain_continues(struct plain_stack *p, struct str line);

#endif
