/* severity.h - how bad a group of lines is, by rules that somebody can read.
 *
 * A rule is a line: a severity, 1 (worst) to 5, then what must hold, all of
 * it.  The first rule that holds decides; '#' begins a comment.
 *
 *	1 text="*out of memory*" count>=10
 *	2 kind=worker-log level>=error services>=3
 *	3 type="*TimeoutError"
 *	4
 *
 * level takes = >= <=; count, runs and services take = >= <=; the others (kind
 * source service repo workflow job step type text) take = and != with a
 * pattern in which * is anything and ? is one byte, whatever the case. */
#ifndef LOGS_SEVERITY_H
#define LOGS_SEVERITY_H

#include "base/arena.h"
#include "base/err.h"
#include "model/log_line.h"

enum { SEVERITY_WORST = 1, SEVERITY_LEAST = 5 };

struct severity_facts {
	int kind;		/* enum line_kind */
	int level;		/* enum line_level: the worst that was seen */
	struct str source, service, repo, workflow, job, step;
	struct str error_type;
	struct str text;	/* a message of the group, or its template */
	int64_t count;		/* lines */
	int64_t runs;		/* builds that showed it */
	int64_t services;	/* that showed it; at least 1 */
};

struct severity_rules;

/* The rules of a text (PATCHWARDEN_SEVERITY_RULES names a file of them); what
 * no rule decides, the built-in ones do.  All from the arena, text is
 * borrowed.  -1 with ERR_CONFIG, at = "name:line", for a rule that cannot be
 * understood.  An empty text gives the built-in rules. */
int severity_parse(struct arena *a, struct str text, const char *name,
    struct severity_rules **out, struct err *e);

/* 1 to 5, always.  *rule is the line that decided, as it was written. */
int severity_of(const struct severity_rules *r, const struct severity_facts *f,
    struct str *rule);

/* The built-in rules, as a text of the same form. */
struct str severity_builtin(void);

#endif
