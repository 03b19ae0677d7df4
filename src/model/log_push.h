/* log_push.h - what is known of log lines that are pushed, or read from a file,
 * where they do not say it themselves. */
#ifndef MODEL_LOG_PUSH_H
#define MODEL_LOG_PUSH_H

#include "model/log_line.h"

struct log_push {
	int kind;			/* 0: follows; else enum line_kind + 1 */
	struct str worker, repo, run_id, workflow, job, step;
	struct str source;		/* "push" */
	struct str format;		/* STR_NONE: seen by its content */
};
extern const struct contract log_push_contract;

/* A line that says nothing. */
struct log_line log_push_line(const struct log_push *p, int64_t now_ms);

#endif
