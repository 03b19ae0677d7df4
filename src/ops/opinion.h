/* opinion.h - what is said of one issue: by a language model, or by rule.
 *
 * A model is given what other programs logged, so it may have been told to say
 * anything.  Its answer is read by a contract, and is text and a number from
 * one to five, no more. */
#ifndef OPS_OPINION_H
#define OPS_OPINION_H

#include "ops/ops.h"
#include "remote/chat.h"
#include "tracker/memory.h"

#define OPINION_TEXT_BYTES KIB(4)	/* of analysis and prompt each */

struct opinion_case {
	const struct ops_issue *issue;
	const struct log_line *lines;	/* some of its lines */
	size_t n_lines, n_shown;	/* shown: beside the first message */
	const struct redactor *redactor;
};

/* May the model be asked once more?  1; 0: no; -1. */
typedef int opinion_allowed(void *to, struct err *e);

/* 0 with *out (from the arena, redacted and cut).  1 when there is no answer
 * that can be used: *why tells why (nothing: it was not allowed), *rubbish
 * whether one came at all.  -1 when allowed() failed. */
int opinion_ask(struct chat *c, struct arena *a, const struct opinion_case *k,
    opinion_allowed *allowed, void *to, struct model_answer *out,
    struct err *why, bool *rubbish, struct err *e);

/* What an agent that mends it could be told, by rule. */
struct str opinion_prompt(struct arena *a, const struct opinion_case *k);

extern const struct contract opinion_contract;

#endif
