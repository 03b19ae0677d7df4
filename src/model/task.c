#include "model/task.h"

#include <stdlib.h>
#include <strings.h>

#define S struct task_span
#define T struct task
#define L struct task_list

static const struct field span_fields[] = {
	F_STR(S, file, "file", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_PATH, "Path below the workspace."),
	F_INT(S, start, "start", FIELD_REQUIRED, 1, FILE_MAX_LINES, 0, "First line, from 1."),
	F_INT(S, end, "end", FIELD_REQUIRED, 0, FILE_MAX_LINES, 0, "Last line, inclusive; start - 1: only the point before start."),
	F_STR(S, sha256, "sha256", FIELD_OMIT, 0, 64, FMT_SHA256, "Hash of the version of the file that the lines are counted in."),
	F_END
};

static const struct contract span_contract = {
	.name = "TaskSpan", .size = sizeof(S), .fields = span_fields,
	.open = true, .doc = "Lines that a task may edit.",
};

static const struct field task_fields[] = {
	F_STR(T, uuid, "uuid", FIELD_REQUIRED, 1, NAME_MAX_BYTES, FMT_NAME, "What an operation names as its taskId."),
	F_STR(T, file, "file", 0, 0, PATH_MAX_BYTES, FMT_PATH, "The file that the task is about."),
	F_STR(T, placeholder, "placeholder", 0, 0, META_MAX_BYTES, FMT_TEXT, "The text to be replaced by the work."),
	F_STR(T, instruction, "instruction", 0, 0, META_MAX_BYTES, FMT_TEXT, "What is to be done."),
	F_STR(T, status, "status", 0, 0, NAME_MAX_BYTES, FMT_NAME, "Where the work stands."),
	F_LIST(T, allowed_spans, n_allowed_spans, "allowed_spans", 0, 0, BATCH_MAX_PATCHES, &span_contract, "The lines that may be edited for it."),
	F_END
};

static const struct contract task_contract = {
	.name = "Task", .size = sizeof(T), .fields = task_fields,
	.open = true, .doc = "A unit of work.",
};

static const struct field list_fields[] = {
	F_LIST(L, tasks, n_tasks, "tasks", FIELD_REQUIRED, 0, TASKS_MAX, &task_contract, "The tasks."),
	F_END
};

const struct contract task_list_contract = {
	.name = "TaskList", .size = sizeof(L), .fields = list_fields,
	.open = true, .doc = "The tasks of a workspace (tasks.json).",
};

static int
span_check(const struct task_list *list, size_t t, size_t s, struct err *e)
{
	const struct task_span *span = &list->tasks[t].allowed_spans[s];

	if (span->end >= span->start - 1)
		return 0;
	err_set(e, ERR_INVALID, "the span of \"%.*s\" starts at line %lld and "
	    "ends at line %lld", STR_ARG(span->file), (long long)span->start,
	    (long long)span->end);
	return err_at(e, "/tasks/%zu/allowed_spans/%zu/end", t, s);
}

static int
by_uuid(const void *x, const void *y)
{
	const struct task *const *a = x, *const *b = y;

	return str_cmp((*a)->uuid, (*b)->uuid);
}

static int
uuids_check(const struct task_list *list, struct arena *a, struct err *e)
{
	const struct task **sorted = arena_array_of(a, const struct task *,
	    list->n_tasks + 1);

	for (size_t t = 0; t < list->n_tasks; t++)
		sorted[t] = &list->tasks[t];
	qsort(sorted, list->n_tasks, sizeof(struct task *), by_uuid);
	for (size_t t = 1; t < list->n_tasks; t++)
		if (str_eq(sorted[t - 1]->uuid, sorted[t]->uuid)) {
			err_set(e, ERR_INVALID, "two tasks have the uuid "
			    "\"%.*s\"", STR_ARG(sorted[t]->uuid));
			return err_at(e, "/tasks/%zu/uuid",
			    (size_t)(sorted[t] - list->tasks));
		}
	return 0;
}

int
task_list_read(struct str text, struct arena *a, struct task_list *out,
    struct err *e)
{
	if (contract_decode_text(&task_list_contract, text, a, out, e) != 0 ||
	    uuids_check(out, a, e) != 0)
		return -1;
	for (size_t t = 0; t < out->n_tasks; t++)
		for (size_t s = 0; s < out->tasks[t].n_allowed_spans; s++)
			if (span_check(out, t, s, e) != 0)
				return -1;
	return 0;
}

const struct task *
task_find(const struct task_list *list, struct str uuid)
{
	for (size_t t = 0; t < list->n_tasks; t++)
		if (str_eq(list->tasks[t].uuid, uuid))
			return &list->tasks[t];
	return NULL;
}

bool
task_is_open(const struct task *t)
{
	static const char *const ended[] = { "done", "complete", "completed",
	    "closed", "cancelled", "canceled", "rejected", "skipped" };

	for (size_t i = 0; i < countof(ended); i++)
		if (t->status.len == strlen(ended[i]) &&
		    strncasecmp(t->status.p, ended[i], t->status.len) == 0)
			return false;
	return true;
}
