/* chat.h - ask a language model, by the interface that most servers of them
 * have (OpenAI's chat completions).
 *
 * Servers differ: which form of answer can be asked for, and the names of some
 * parameters, is tried from the best on, and what worked is asked for from
 * then on in this process.  What comes back is text that somebody made up. */
#ifndef REMOTE_CHAT_H
#define REMOTE_CHAT_H

#include "remote/json_api.h"

#define CHAT_ANSWER_MAX_BYTES KIB(256)	/* of a server, with all around it */
#define CHAT_TEXT_MAX_BYTES KIB(64)

struct chat {
	struct json_api api;	/* base ends in /v1 as a rule */
	struct str model;
};

struct chat_turn {
	const char *role;	/* "system", "user", "assistant" */
	struct str text;
};

struct chat_question {
	const struct chat_turn *turns;
	size_t n;
	const char *name;	/* of the form: letters, digits, _ and - */
	struct str schema;	/* JSON Schema of the answer, all of it required */
	int64_t max_tokens;
};

/* The text of the answer, from the arena: a JSON object if the model did as it
 * was told.  -1: ERR_UNREACHABLE no answer or none of that interface (that may
 * pass), ERR_CONFIG the server will not have us, ERR_LIMIT_EXCEEDED the answer
 * was cut or too large, ERR_INVALID the model declined. */
int chat_ask(struct chat *c, struct arena *a, const struct chat_question *q,
    struct str *out, struct err *e);

/* The JSON object within a text that may have words or a fence around it;
 * STR_NONE: there is none.  A part of text, not checked. */
struct str chat_object(struct str text);

#endif
