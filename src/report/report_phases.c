#include "report/report_build.h"

#include <stdlib.h>

#define OPEN_MAX 256		/* open stages that an end is looked for among */

/* What ends what.  An event that is in neither column is a point. */
static const struct pair {
	enum event_type begin, end;
	bool failed;
} pairs[] = {
	{ EVENT_GENERATION_STARTED, EVENT_GENERATION_COMPLETE, false },
	{ EVENT_GENERATION_STARTED, EVENT_GENERATION_STOPPED, true },
	{ EVENT_GENERATION_RESUMED, EVENT_GENERATION_COMPLETE, false },
	{ EVENT_GENERATION_RESUMED, EVENT_GENERATION_STOPPED, true },
	{ EVENT_PHASE_GENERATING, EVENT_PHASE_GENERATED, false },
	{ EVENT_PHASE_IMPLEMENTING, EVENT_PHASE_IMPLEMENTED, false },
	{ EVENT_PHASE_VALIDATING, EVENT_PHASE_VALIDATED, false },
	{ EVENT_FILE_GENERATING, EVENT_FILE_GENERATED, false },
	{ EVENT_FILE_REGENERATING, EVENT_FILE_REGENERATED, false },
	{ EVENT_DEPLOYMENT_STARTED, EVENT_DEPLOYMENT_COMPLETED, false },
	{ EVENT_DEPLOYMENT_STARTED, EVENT_DEPLOYMENT_FAILED, true },
	{ EVENT_CLOUDFLARE_DEPLOYMENT_STARTED, EVENT_CLOUDFLARE_DEPLOYMENT_COMPLETED, false },
	{ EVENT_CLOUDFLARE_DEPLOYMENT_STARTED, EVENT_CLOUDFLARE_DEPLOYMENT_ERROR, true },
	{ EVENT_SCREENSHOT_CAPTURE_STARTED, EVENT_SCREENSHOT_CAPTURE_SUCCESS, false },
	{ EVENT_SCREENSHOT_CAPTURE_STARTED, EVENT_SCREENSHOT_CAPTURE_ERROR, true },
	{ EVENT_CODE_REVIEWING, EVENT_CODE_REVIEWED, false },
	{ EVENT_COMMAND_EXECUTING, EVENT_COMMAND_EXECUTED, false },
	{ EVENT_COMMAND_EXECUTING, EVENT_COMMAND_EXECUTION_FAILED, true },
	{ EVENT_DETERMINISTIC_CODE_FIX_STARTED, EVENT_DETERMINISTIC_CODE_FIX_COMPLETED, false },
	{ EVENT_GITHUB_EXPORT_STARTED, EVENT_GITHUB_EXPORT_COMPLETED, false },
	{ EVENT_GITHUB_EXPORT_STARTED, EVENT_GITHUB_EXPORT_ERROR, true },
};

/* Points that tell of a fault. */
static const enum event_type faults[] = {
	EVENT_ERROR, EVENT_RATE_LIMIT_ERROR, EVENT_RUNTIME_ERROR_FOUND,
	EVENT_PREVIEW_FAILED, EVENT_DEPLOYMENT_FAILED,
	EVENT_CLOUDFLARE_DEPLOYMENT_ERROR, EVENT_SCREENSHOT_CAPTURE_ERROR,
	EVENT_COMMAND_EXECUTION_FAILED, EVENT_GITHUB_EXPORT_ERROR,
};

/* A phase with what it is sorted and found by. */
struct stage {
	struct report_phase p;
	int64_t seq;
	struct str patch_id;
};

static bool
begins(enum event_type type)
{
	for (size_t i = 0; i < countof(pairs); i++)
		if (pairs[i].begin == type)
			return true;
	return false;
}

static enum report_state
point_state(enum event_type type)
{
	for (size_t i = 0; i < countof(faults); i++)
		if (faults[i] == type)
			return REPORT_FAILED;
	return REPORT_POINT;
}

static bool
same_work(const struct stage *s, const struct report_mark *m)
{
	return str_eq(s->p.factory, m->factory) &&
	    str_eq(s->p.task_id, m->task_id) &&
	    str_eq(s->patch_id, m->patch_id);
}

/* Stages, and which of them are open, the latest last. */
struct stages {
	struct stage *all;
	size_t n, *open, n_open;
};

/* The row by which m ends p, or NULL. */
static const struct pair *
pair_of(const struct report_phase *p, const struct report_mark *m)
{
	for (size_t k = 0; k < countof(pairs); k++)
		if ((int)pairs[k].begin == p->event && pairs[k].end == m->type)
			return &pairs[k];
	return NULL;
}

static void
close_stage(struct report_phase *p, const struct pair *by,
    const struct report_mark *m)
{
	p->end_event = (int)m->type;
	p->state = by->failed ? REPORT_FAILED : REPORT_DONE;
	p->to_ms = m->ts_ms;
	/* clocks of factories may go backwards */
	p->duration_ms = m->ts_ms > p->from_ms ? m->ts_ms - p->from_ms : 0;
	p->events++;
	if (m->message.len)
		p->message = m->message;
}

/* Close the latest open stage that m ends. */
static bool
end_stage(struct stages *s, const struct report_mark *m)
{
	size_t oldest = s->n_open > OPEN_MAX ? s->n_open - OPEN_MAX : 0;

	for (size_t i = s->n_open; i-- > oldest;) {
		struct stage *one = &s->all[s->open[i]];
		const struct pair *by = pair_of(&one->p, m);

		if (!by || !same_work(one, m))
			continue;
		close_stage(&one->p, by, m);
		memmove(&s->open[i], &s->open[i + 1],
		    (--s->n_open - i) * sizeof(*s->open));
		return true;
	}
	return false;
}

/* One more of the same kind as the mark before. */
static bool
repeat_point(struct stage *last, const struct report_mark *m)
{
	struct report_phase *p = &last->p;

	if (p->event != (int)m->type || p->state == REPORT_OPEN ||
	    p->end_event != EVENT_NONE || !same_work(last, m))
		return false;
	p->to_ms = m->ts_ms;
	p->duration_ms = m->ts_ms > p->from_ms ? m->ts_ms - p->from_ms : 0;
	p->events++;
	if (m->message.len)
		p->message = m->message;
	return true;
}

static struct stage
new_stage(const struct report_mark *m)
{
	bool open = begins(m->type);

	return (struct stage){
		.seq = m->seq, .patch_id = m->patch_id,
		.p = {
			.event = (int)m->type, .events = 1,
			.state = (int)(open ? REPORT_OPEN :
			    point_state(m->type)),
			.factory = m->factory, .task_id = m->task_id,
			.from_ms = m->ts_ms, .to_ms = open ? -1 : m->ts_ms,
			.duration_ms = open ? -1 : 0, .message = m->message,
		},
	};
}

static int
by_seq(const void *a, const void *b)
{
	const struct report_mark *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

static int
by_beginning(const void *a, const void *b)
{
	const struct stage *x = a, *y = b;
	int c = (x->p.from_ms > y->p.from_ms) - (x->p.from_ms < y->p.from_ms);

	return c ? c : (x->seq > y->seq) - (x->seq < y->seq);
}

size_t
report_phases(struct arena *a, const struct report_mark *marks, size_t n,
    struct report_phase **out)
{
	struct report_mark *m = arena_array_of(a, struct report_mark, n + 1);
	struct stages s = {
		.all = arena_array_of(a, struct stage, n + 1),
		.open = arena_array_of(a, size_t, n + 1),
	};
	struct stage *last = NULL;

	if (n)
		memcpy(m, marks, n * sizeof(*m));
	qsort(m, n, sizeof(*m), by_seq);
	for (size_t i = 0; i < n; i++) {
		if (end_stage(&s, &m[i])) {
			last = NULL;
			continue;
		}
		if (last && repeat_point(last, &m[i]))
			continue;
		last = &s.all[s.n];
		*last = new_stage(&m[i]);
		if (last->p.state == REPORT_OPEN)
			s.open[s.n_open++] = s.n;
		s.n++;
	}
	qsort(s.all, s.n, sizeof(*s.all), by_beginning);
	*out = arena_array_of(a, struct report_phase, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		(*out)[i] = s.all[i].p;
	return s.n;
}
