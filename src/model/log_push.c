#include "model/log_push.h"

static const char *const kinds[] = { NULL, "worker-log", "build-log" };

#define P struct log_push
#define NAME(m, text) F_STR(P, m, #m, 0, 1, NAME_MAX_BYTES, FMT_NAME, text)

static const struct field fields[] = {
	F_ENUM(P, kind, "kind", 0, kinds, countof(kinds), NULL, "What logged them; a build where a repo or run_id is given, else a worker."),
	NAME(worker, "The service that logged them."),
	NAME(repo, "The repository whose build logged them."),
	NAME(run_id, "Which build."),
	NAME(workflow, "Its workflow."),
	NAME(job, "Its job."),
	NAME(step, "Its step."),
	F_STR_PRESET(P, source, "source", "push", NAME_MAX_BYTES, FMT_NAME, "Who sends them."),
	NAME(format, "How they are written; seen by the content without it."),
	F_END
};

const struct contract log_push_contract = {
	.name = "OpsLogsQuery", .size = sizeof(P), .fields = fields,
	.doc = "What is known of log lines that do not say it themselves.",
};

struct log_line
log_push_line(const struct log_push *p, int64_t now_ms)
{
	enum line_kind follows = p->repo.p || p->run_id.p ? LINE_BUILD :
	    LINE_WORKER;

	return (struct log_line){ .kind = p->kind ? p->kind - 1 : (int)follows,
	    .level = LINE_INFO, .source = p->source, .worker = p->worker,
	    .repo = p->repo, .run_id = p->run_id, .workflow = p->workflow,
	    .job = p->job, .step = p->step, .ts = now_ms };
}
