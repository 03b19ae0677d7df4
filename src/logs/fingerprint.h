/* fingerprint.h - what makes two lines tell of one defect.
 *
 * Version 1: the source; the service, or repository, workflow, job and step of
 * a build; the error type; the normalised frames of the stack trace, else the
 * template's first form.  Never ids of runs, times, counts, or, beside frames,
 * the wording of the message. */
#ifndef LOGS_FINGERPRINT_H
#define LOGS_FINGERPRINT_H

#include "logs/frames.h"
#include "model/log_line.h"

enum { FINGERPRINT_VERSION = 1, FINGERPRINT_HEX = 32 };

struct fingerprint {
	char hex[FINGERPRINT_HEX + 1];
	struct str inputs;	/* JSON object, keys in order: what was hashed */
	struct str title;	/* one line, for people: 120 bytes at most */
	struct str template;	/* the template's first form */
	struct str error_type;	/* STR_NONE: unknown */
};

/* Texts are from the arena, but template, which is borrowed.  t is NULL when
 * the message has no trace. */
void fingerprint_of(struct arena *a, const struct log_line *l,
    const struct trace *t, struct str template_first, struct fingerprint *out);

/* Where a line belongs, as one text: templates are not shared between these.
 * The values of a matrix ("test (18, linux)") are no part of a job's name. */
void fingerprint_scope(struct buf *out, const struct log_line *l);

#endif
