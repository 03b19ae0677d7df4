/* runner.h - the process that runs validators for a program that confined
 * itself and may start nothing any more.
 *
 * It is forked before that, holds what the operator configured, and is asked
 * by the name of a validator only: a program that was taken over cannot make
 * it run another command.  It ends when its socket closes. */
#ifndef VALIDATE_RUNNER_H
#define VALIDATE_RUNNER_H

#include "model/policy.h"
#include "validate/job.h"

struct runner_options {
	/* The root (absolute) and the policy of a workspace, as the operator
	 * has them now; from the arena.  -1 with e: there is none. */
	int (*site)(void *ctx, struct arena *a, struct str workspace,
	    const char **root, struct policy *out, struct err *e);
	void *ctx;
	/* A folder of ours (made when missing) for copies of trees, where the
	 * kernel does not stack file systems. */
	const char *views;
	/* Folders that no validator may see: state, database.  NULL ends. */
	const char *const *hidden;
	/* Tests: as if the kernel could not. */
	bool no_namespaces, no_overlay;
};

struct runner;

/* Fork it; everything is borrowed until runner_stop().  ERR_NOT_READY. */
int runner_start(const struct runner_options *o, struct runner **out,
    struct err *e);
void runner_stop(struct runner *r);	/* NULL is fine */

/* Run one job; the result is the arena's.  -1 with ERR_NOT_READY when the
 * runner is gone or does not answer: then it is dead from now on. */
int runner_run(struct runner *r, struct arena *a, const struct job *job,
    struct job_result *out, struct err *e);
/* Nothing can be run any more; the program should end and be started again. */
bool runner_dead(const struct runner *r);

#endif
