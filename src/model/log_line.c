#include "model/log_line.h"

#include <stdio.h>
#include <strings.h>

const char *const line_kinds[] = { "worker-log", "build-log" };
const char *const line_levels[] = {
	"debug", "info", "warn", "error", "fatal"
};

int
line_level_parse(struct str text, enum line_level *out)
{
	static const struct {
		const char *name;
		enum line_level level;
	} names[] = {
		{ "trace", LINE_DEBUG }, { "verbose", LINE_DEBUG },
		{ "debug", LINE_DEBUG }, { "d", LINE_DEBUG },
		{ "fine", LINE_DEBUG }, { "7", LINE_DEBUG },
		{ "info", LINE_INFO }, { "information", LINE_INFO },
		{ "log", LINE_INFO }, { "notice", LINE_INFO },
		{ "i", LINE_INFO }, { "6", LINE_INFO }, { "5", LINE_INFO },
		{ "warn", LINE_WARN }, { "warning", LINE_WARN },
		{ "w", LINE_WARN }, { "4", LINE_WARN },
		{ "error", LINE_ERROR }, { "err", LINE_ERROR },
		{ "severe", LINE_ERROR }, { "failure", LINE_ERROR },
		{ "e", LINE_ERROR }, { "3", LINE_ERROR },
		{ "fatal", LINE_FATAL }, { "critical", LINE_FATAL },
		{ "crit", LINE_FATAL }, { "alert", LINE_FATAL },
		{ "emerg", LINE_FATAL }, { "emergency", LINE_FATAL },
		{ "panic", LINE_FATAL }, { "f", LINE_FATAL },
		{ "2", LINE_FATAL }, { "1", LINE_FATAL }, { "0", LINE_FATAL },
	};

	text = str_trim(text);
	for (size_t i = 0; i < countof(names); i++)
		if (text.len == strlen(names[i].name) &&
		    strncasecmp(text.p, names[i].name, text.len) == 0) {
			*out = names[i].level;
			return 0;
		}
	return -1;
}

struct sha256
log_line_key(const struct log_line *l)
{
	char ts[32];
	struct str parts[16];
	size_t n = 0;

	/* Each part ends with a byte that none of them has. */
#define PART(s) (parts[n++] = (s), parts[n++] = str_n("", 1))
	PART(l->source);
	if (l->id.len) {
		PART(l->id);
	} else {
		snprintf(ts, sizeof(ts), "%lld", (long long)l->ts);
		PART(str(ts));
		PART(l->worker);
		PART(l->repo);
		PART(l->run_id);
		PART(l->job);
		PART(l->step);
		PART(l->message);
	}
#undef PART
	return sha256_of_parts(parts, n);
}

#define L struct log_line
#define TEXT(m, nm, text) F_STR(L, m, nm, 0, 0, META_MAX_BYTES, FMT_TEXT, text)
static const struct field fields[] = {
	F_TIME(L, ts, "ts", 0, "When it was logged."),
	F_ENUM(L, level, "level", 0, line_levels, LINE_LEVEL__MAX, "info", "How bad it says to be."),
	TEXT(message, "message", "What it says, without secrets."),
	TEXT(source, "source", "Where it was read."),
	TEXT(worker, "worker", "The service that logged it."),
	TEXT(repo, "repo", "The repository whose build logged it."),
	TEXT(run_id, "run_id", "Which build."),
	TEXT(workflow, "workflow", "Its workflow."),
	TEXT(job, "job", "Its job."),
	TEXT(step, "step", "Its step."),
	F_RAW(L, meta, "meta", 0, "What else it said."),
	F_END
};
const struct contract log_line_contract = {
	.name = "OpsLogLine", .size = sizeof(L), .fields = fields,
	.doc = "A line that was kept of an issue.",
};
