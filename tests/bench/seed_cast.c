#include "seed_cast.h"

#include <stdlib.h>

#define HOUR_MS		INT64_C(3600000)
#define DAY_MS		(24 * HOUR_MS)
#define TASKS_OF_ORDER	100
#define NO_ORDER	0.08	/* of the patches: upkeep */

static const char *const requesters[] = {
	"mason", "weaver", "smith", "cooper", "fletcher", "turner", "potter",
	"sawyer", "thatcher", "chandler", "glover", "joiner", "wright",
	"carver", "tanner", "dyer", "miller", "founder", "binder", "ui-console",
};
static const char *const phases[] = {
	"blueprint", "scaffold", "core", "features", "integration",
	"validation", "polish", "handover",
};
static const char *const workspaces[] = {
	"default", "storefront", "backoffice",
};
static const unsigned workspace_weights[] = { 60, 28, 12 };

/* Percent of the busiest hour, by UTC hour of a working day. */
static const unsigned char busy[24] = {
	9, 7, 6, 6, 7, 10, 20, 45, 80, 100, 98, 85, 60, 78, 95, 92, 80, 60, 40,
	30, 26, 20, 15, 11,
};

/* Days are unlike each other, weekends are quiet, and work grows. */
static double
hour_weight(const struct cast *c, size_t hour)
{
	int64_t day = (c->begin_ms + (int64_t)hour * HOUR_MS) / DAY_MS;
	bool weekend = (day + 3) % 7 >= 5;	/* 1970 began on a Thursday */
	double w = busy[hour % 24];

	if (weekend)
		w *= 0.22;
	w *= 0.7 + 0.6 * (double)(dice_hash(c->seed, (uint64_t)day) % 1000) /
	    1000;
	return w * (0.6 + 0.8 * (double)hour / (double)c->hours);
}

void
cast_set(struct cast *c, uint64_t seed, int64_t patches, int64_t begin_ms,
    int64_t span_ms)
{
	double sum = 0;

	*c = (struct cast){ .seed = seed, .begin_ms = begin_ms,
	    .span_ms = span_ms, .hours = (size_t)(span_ms / HOUR_MS),
	    .orders = patches / 1000 > 0 ? patches / 1000 : 1 };
	c->requesters = zipf_new(countof(requesters), 1.0);
	c->done = calloc(c->hours + 1, sizeof(*c->done));
	if (!c->done)
		abort();
	for (size_t h = 0; h < c->hours; h++) {
		c->done[h] = sum;
		sum += hour_weight(c, h);
	}
	for (size_t h = 0; h < c->hours; h++)
		c->done[h] /= sum;
	c->done[c->hours] = 1;
}

void
cast_free(struct cast *c)
{
	zipf_free(&c->requesters);
	free(c->done);
	c->done = NULL;
}

int64_t
cast_moment(const struct cast *c, double share)
{
	size_t low = 0, high = c->hours;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (c->done[mid] <= share)
			low = mid;
		else
			high = mid;
	}
	return c->begin_ms + (int64_t)(((double)low + (share - c->done[low]) /
	    (c->done[high] - c->done[low])) * (double)HOUR_MS);
}

/* One to three days; longer when there are so few orders that somebody would
 * have nothing to do. */
static int64_t
order_length(const struct cast *c, uint64_t h)
{
	int64_t days = DAY_MS + (int64_t)(h % (uint64_t)(2 * DAY_MS));
	int64_t between = c->span_ms / c->orders;

	return days > between * 13 / 10 ? days : between * 13 / 10;
}

/* An order that is worked on at the moment; they begin one after the other. */
static int64_t
order_at(const struct cast *c, struct dice *d, int64_t at_ms, double *gone)
{
	int64_t between = c->span_ms / c->orders;
	int64_t latest = (at_ms - c->begin_ms) / between;
	int64_t back = 3 * DAY_MS / between + 2;

	for (int tries = 0; tries < 6; tries++) {
		int64_t o = latest - (int64_t)dice_below(d, (uint64_t)back);
		int64_t since = at_ms - c->begin_ms - o * between;
		int64_t length = order_length(c, dice_hash(c->seed,
		    (uint64_t)o));

		if (o < 0 || o >= c->orders || since >= length)
			continue;
		*gone = (double)since / (double)length;
		return o;
	}
	*gone = 0;
	return latest < 0 ? 0 : latest >= c->orders ? c->orders - 1 : latest;
}

struct role
cast_role(const struct cast *c, struct dice *d, int64_t at_ms)
{
	struct role r = { .order = -1, .task = -1 };
	struct dice of;
	double gone, place;

	r.requester = (unsigned char)zipf_draw(&c->requesters, d);
	r.phase = (unsigned char)dice_below(d, countof(phases));
	r.workspace = (unsigned char)dice_pick(d, workspace_weights,
	    countof(workspaces));
	if (dice_chance(d, NO_ORDER))
		return r;
	r.order = order_at(c, d, at_ms, &gone);
	of.state = dice_hash(c->seed ^ 0x6f72646572, (uint64_t)r.order);
	r.workspace = (unsigned char)dice_pick(&of, workspace_weights,
	    countof(workspaces));
	/* most of an order is one factory's */
	if (dice_chance(d, 0.8))
		r.requester = (unsigned char)zipf_draw(&c->requesters, &of);
	/* phases follow each other, tasks too, with some turning back */
	place = gone * 0.9 + dice_unit(d) * 0.1;
	r.phase = (unsigned char)(place * countof(phases));
	r.task = (int)(place * TASKS_OF_ORDER);
	return r;
}

void
cast_name(const struct cast *c, const struct role *r, struct arena *a,
    struct patch_event *p)
{
	unsigned story = (unsigned)(dice_hash(c->seed, 0) & 0xffff);

	p->requester = str(requesters[r->requester]);
	p->phase = str(phases[r->phase]);
	p->workspace = str(workspaces[r->workspace]);
	if (r->order < 0)
		return;
	p->order_id = arena_fmt(a, "order-%04x-%05lld", story,
	    (long long)r->order);
	p->task_id = arena_fmt(a, "task-%04x-%05lld-%03d", story,
	    (long long)r->order, r->task);
}
