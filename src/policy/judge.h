/* judge.h - inside of the judge: one batch before the rules, each a file. */
#ifndef POLICY_JUDGE_H
#define POLICY_JUDGE_H

#include "text/text.h"
#include "policy/policy.h"

/* What the rules say of one operation, in the order they said it. */
struct verdicts {
	struct err *first, *last;
	size_t n;
	bool path_denied;	/* not even its text may be shown */
};

struct judge {
	struct policy_case *c;
	const struct policy *p;
	struct arena *a;
	struct verdicts *of;	/* one per operation */
	struct lines **before;	/* one per file seen; NULL until asked for */
};

/* Operation k breaks a rule; at is behind "/patches/K" ("", "/file").  Past
 * FAULTS_MAX they only count. */
void verdict(struct judge *j, size_t k, enum err_kind kind, const char *at,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Refused in an earlier round: nothing is left of it. */
bool is_judged(const struct judge *j, size_t k);
/* The lines of a file as it was before the batch. */
const struct lines *lines_before(struct judge *j, size_t file);
/* What hunk i of a touch does to the file before the batch, as lines of it: one
 * that ends in the middle of a line touches that line too. */
struct line_span touched_lines(struct judge *j, const struct plan_touch *t,
    size_t i);
/* Operations of a revert put back what was there: rules about who may do what
 * work do not hold for them. */
bool is_revert(const struct patch_op *op);

/* path_rules.c: operations, allow, deny, and the file of tasks itself. */
void judge_paths(struct judge *j);
/* guard_rules.c */
void judge_guards(struct judge *j);
/* task_rules.c; -1 when tasks.json cannot be read. */
int judge_tasks(struct judge *j, struct err *e);
/* limit_rules.c; last, as what others refuse is not counted. */
void judge_limits(struct judge *j);

#endif
