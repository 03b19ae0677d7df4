/* detach.h - work that goes on after the answer, in a child of the program.
 *
 * The child has a connection to the database of its own, and nothing of what
 * the web server holds: neither its sockets nor the request.  It may say a few
 * words to who waits for them.  It is nobody's zombie, and it ends when it is
 * told to (SIGTERM), unlike its parent, which ends its request first. */
#ifndef API_DETACH_H
#define API_DETACH_H

#include "govern/govern.h"

struct detach_word {
	int64_t id;
	struct err fault;	/* without its next */
};

struct detach_child {
	struct govern *g;	/* ready, of the child alone */
	struct arena *a;
	int to_parent;
};

/* Do work in a child; arg is the child's own copy, with all that it points to.
 * g loses its connection: whoever needs it calls govern_ready() again.  *hear:
 * where words can be heard, to be closed; NULL: nobody wants any.  When the
 * child cannot get ready, that is its only word. */
int detach(struct govern *g, void (*work)(struct detach_child *c, void *arg),
    void *arg, int *hear, struct err *e);
/* In the child. */
void detach_say(const struct detach_child *c, int64_t id, const struct err *e);
/* The next word: 1; 0: there will be none; -1 with ERR_NOT_READY: this program
 * was told to end meanwhile. */
int detach_hear(int fd, struct detach_word *out, struct err *e);

#endif
