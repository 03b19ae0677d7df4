/* redact.h - secrets become "[redacted:KIND]" before anything is kept.
 *
 * Known by their form: private keys, tokens of GitHub, Cloudflare, AWS, Google,
 * Slack, Stripe, OpenAI, Anthropic, npm and others, JSON web tokens, our own.
 * Known by what stands before them: Authorization and cookies, the password of
 * a URL, values of names like "password" and "api_key".  Known exactly: values
 * that the caller gives.  Hashes, ids and UUIDs that stand for themselves stay:
 * they tell one defect from another.
 *
 * One pass of an automaton over the text, in time linear in it.  What is
 * redacted stays as it is when redacted again; no character is split. */
#ifndef LOGS_REDACT_H
#define LOGS_REDACT_H

#include "base/arena.h"
#include "base/buf.h"

enum redact_kind {
#define K(name, text) REDACT_##name,
#include "logs/redact.def"
#undef K
	REDACT__MAX
};

struct redact_counts {
	size_t by[REDACT__MAX];
	size_t all;
	bool open;	/* the last text ended within a private key */
};

extern const char *const redact_kinds[REDACT__MAX];	/* "github-token" */

struct redactor;

/* secrets: values that must not be seen anywhere, as they are (the caller's own
 * tokens).  They are copied; those shorter than REDACT_MIN_BYTES are passed
 * over, since they would be found in anything.  Never NULL. */
struct redactor *redactor_new(const struct str *secrets, size_t n);
void redactor_free(struct redactor *r);		/* NULL is fine */

/* Append text without its secrets; c may be NULL. */
void log_redact(const struct redactor *r, struct buf *out, struct str text,
    struct redact_counts *c);
/* The same: text itself when nothing was found, else from the arena. */
struct str log_redacted(const struct redactor *r, struct arena *a,
    struct str text, struct redact_counts *c);
/* Of a text that is strict JSON: its strings, also within its strings, are
 * redacted, and it is JSON still.  Whatever a telling name holds goes. */
struct str log_redacted_json(const struct redactor *r, struct arena *a,
    struct str json, struct redact_counts *c);

#endif
