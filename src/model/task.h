/* task.h - the list of tasks that an orchestrator keeps beside the files:
 * who may edit which lines for what (.mission_control/tasks.json).
 *
 * The file is read by others too, so members that are not ours are skipped. */
#ifndef MODEL_TASK_H
#define MODEL_TASK_H

#include "contract/contract.h"

#define TASKS_PATH ".mission_control/tasks.json"

/* Lines start..end, from 1, inclusive; end is start - 1: only the point before
 * the line start. */
struct task_span {
	struct str file;
	int64_t start, end;
	struct str sha256;	/* the version that is counted in; or STR_NONE */
};

struct task {
	struct str uuid, file, placeholder, instruction, status;
	struct task_span *allowed_spans;
	size_t n_allowed_spans;
};

struct task_list {
	struct task *tasks;
	size_t n_tasks;
};

extern const struct contract task_list_contract;

/* Decode the text of a tasks.json.  Besides what the contract refuses: a uuid
 * that occurs twice, a span that ends before the line before it starts. */
int task_list_read(struct str text, struct arena *a, struct task_list *out,
    struct err *e);
/* NULL when there is none of that uuid. */
const struct task *task_find(const struct task_list *list, struct str uuid);
/* Whether work on it goes on: its status is none of those that end a task
 * (done, complete, completed, closed, cancelled, canceled, rejected, skipped,
 * in any case). */
bool task_is_open(const struct task *t);

#endif
