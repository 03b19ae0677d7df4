/* frames.h - the stack trace in a message, as it is in every run.
 *
 * Knows how JavaScript, Python, Java, Go, Rust, .NET, PHP, Ruby, and gdb or
 * sanitizers of C write them.  A frame is a function and a file, without line,
 * column, address, the hashes of bundles, versions in folders, and what stands
 * before the sources on one machine. */
#ifndef LOGS_FRAMES_H
#define LOGS_FRAMES_H

#include "base/arena.h"

enum { FRAMES_MAX = 8 };

struct frame {
	struct str function;	/* "Server.handle"; empty: unknown */
	struct str file;	/* "src/server.js"; empty: unknown */
	bool ours;		/* not of a library, or of the language */
};

struct trace {
	const char *language;	/* "python" */
	struct str error_type;	/* "TypeError"; STR_NONE: it says none */
	struct str headline;	/* what it says happened; a part of the message */
	struct frame frames[FRAMES_MAX];	/* where it happened comes first */
	size_t n;		/* ours, or when none is ours, the others */
};

/* False when there is no trace in the message.  Of several (causes) the one
 * that the others came from is told.  New texts are from the arena. */
bool frames_read(struct arena *a, struct str message, struct trace *out);

#endif
