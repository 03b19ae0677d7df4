#include "remote/core_api.h"

#include <stdio.h>

#include "base/clock.h"

#define HOUR_MS 3600000
#define WINDOW_MAX_H (31 * 24)

struct core_line {
	struct str worker, repo, workflow, job, step, level, message, meta, id;
	int64_t ts;
};

#define L struct core_line
#define TEXT(m, nm, flg, hi, text) F_STR(L, m, nm, flg, 0, hi, FMT_TEXT, text)
#define NAME(m, nm, flg, text) \
	F_STR(L, m, nm, flg, 1, NAME_MAX_BYTES, FMT_NAME, text)
#define COMMON \
	NAME(level, "level", FIELD_REQUIRED, "As the program wrote it."), \
	TEXT(message, "message", FIELD_REQUIRED, MIB(1), "What it logged."), \
	F_RAW(L, meta, "meta", 0, "Whatever else is known."), \
	NAME(id, "id", 0, "Its own, if it has one."), \
	F_TIME(L, ts, "ts", 0, "When it was logged."), \
	F_END

static const struct field worker_fields[] = {
	NAME(worker, "worker", FIELD_REQUIRED, "Who logged it."),
	COMMON
};
/* run_id is beside these: it may be a number. */
static const struct field build_fields[] = {
	NAME(repo, "repo", FIELD_REQUIRED, "Whose build it was."),
	NAME(workflow, "workflow", 0, "Its workflow."),
	NAME(job, "job", 0, "Its job."),
	NAME(step, "step", 0, "Its step."),
	COMMON
};
static const struct {
	const char *path;
	struct contract line;
} kinds[LINE_KIND__MAX] = {
	[LINE_WORKER] = { "/v1/logs/workers", { .name = "CoreWorkerLine",
	    .size = sizeof(L), .fields = worker_fields, .open = true,
	    .doc = "A line of a worker, as the proxy gives it." } },
	[LINE_BUILD] = { "/v1/actions/runs/logs", { .name = "CoreBuildLine",
	    .size = sizeof(L), .fields = build_fields, .open = true,
	    .doc = "A line of a build, as the proxy gives it." } },
};

static int
read_run_id(const struct json *n, struct arena *a, struct str *out,
    struct err *e)
{
	const struct json *v = NULL;

	json_member(n, "run_id", &v);
	if (json_kind(v) == JSON_STRING && json_as_str(v).len &&
	    json_as_str(v).len <= NAME_MAX_BYTES) {
		*out = arena_str(a, json_as_str(v));
		return 0;
	}
	if (json_kind(v) == JSON_INT) {
		*out = arena_fmt(a, "%lld", (long long)json_as_int(v));
		return 0;
	}
	err_set(e, ERR_INVALID, "a string or an integer was expected");
	return err_at(e, "/run_id");
}

static int
line_of(const struct core_api *c, const struct json *n, struct arena *a,
    struct log_line *out, struct err *e)
{
	struct core_line l;
	enum line_level level = LINE_WARN;	/* of words that nobody knows */

	if (contract_decode(&kinds[c->kind].line, n, a, &l, e) != 0)
		return -1;
	line_level_parse(l.level, &level);
	*out = (struct log_line){
		.kind = (int)c->kind, .level = (int)level,
		.source = str(c->source), .worker = l.worker, .repo = l.repo,
		.workflow = l.workflow, .job = l.job, .step = l.step,
		.message = l.message, .meta = l.meta, .id = l.id, .ts = l.ts,
	};
	return c->kind == LINE_BUILD ? read_run_id(n, a, &out->run_id, e) : 0;
}

/* What tells it from others, when the proxy does not say. */
static struct str
made_id(struct line_ids *ids, struct arena *a, const struct log_line *l,
    struct str day)
{
	const struct str parts[] = {
		l->worker.p ? l->worker : l->repo, l->run_id, l->job, l->step,
		l->message, l->meta, str(line_levels[l->level]),
		l->kind == LINE_WORKER ? day : STR_NONE,
	};

	return line_id(ids, a, parts, countof(parts));
}

static int
give(const struct core_api *c, const struct json *logs, struct arena *a,
    struct str day, struct line_sink *to, struct err *e)
{
	struct line_ids *ids = line_ids_new(a, json_count(logs));

	for (size_t i = 0; i < json_count(logs); i++) {
		struct err why = { 0 };
		struct log_line l;

		if (line_of(c, json_item(logs, i), a, &l, &why) != 0) {
			line_sink_bad(to, "/logs", i, &why);
			continue;
		}
		if (!l.id.len && l.ts < 0)
			l.id = made_id(ids, a, &l, day);
		if (line_sink_put(to, &l, e) != 0)
			return -1;
	}
	return 0;
}

int
core_api_logs(struct core_api *c, struct arena *a, int64_t from_ms,
    int64_t now_ms, struct line_sink *to, struct err *e)
{
	int64_t hours = (now_ms - from_ms + HOUR_MS - 1) / HOUR_MS;
	struct json_answer got;
	const struct json *logs = NULL;
	char text[CLOCK_TEXT_BYTES];
	struct str day = str_n(clock_write(now_ms, text).p, 10);
	int rc;

	hours = hours < 1 ? 1 : hours;
	if (hours > WINDOW_MAX_H) {
		line_sink_note(to, "%s was asked for %d hours and not for %lld",
		    c->api.name, WINDOW_MAX_H, (long long)hours);
		hours = WINDOW_MAX_H;
	}
	if (json_api_ask(&c->api, a, arena_fmt(a, "%s?window=%lldh",
	    kinds[c->kind].path, (long long)hours), STR_NONE, &got, e) != 0)
		return -1;
	if (got.status != 200 || !got.doc)
		rc = json_api_refused(&c->api, &got, e);
	else if (!json_member(json_root(got.doc), "logs", &logs) ||
	    json_kind(logs) != JSON_ARRAY)
		rc = err_set(e, ERR_UNREACHABLE, "%s answered 200, but without "
		    "a list \"logs\"", c->api.name);
	else
		rc = give(c, logs, a, day, to, e);
	json_doc_free(got.doc);
	line_sink_end(to, c->api.name);
	return rc;
}
