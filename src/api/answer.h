/* answer.h - an answer in the making: {"ok":true, …}, or a problem with members
 * of its own. */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "govern/once.h"
#include "http/route.h"

struct answer {
	struct buf text;
	struct json_writer w;		/* of an object that is open */
	int status;
};

/* Until answer_end(). */
void answer_begin(struct answer *an);
/* The problem document of e, open for more members. */
void answer_problem(struct answer *an, const struct call *c,
    const struct err *e);
/* Close it; the text goes to the arena. */
int answer_end(struct answer *an, struct arena *a, struct verb_answer *out,
    struct err *e);

void answer_text(struct answer *an, const char *key, struct str value);
void answer_int(struct answer *an, const char *key, int64_t value);

/* "next": the cursor of the page behind this one, also as a Link; 0: this was
 * the last. */
void answer_next(struct answer *an, struct call *c, int64_t below_id);

#endif
