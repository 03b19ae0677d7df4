#include "ledger/trends.h"

#include "ledger/answer.h"
#include "ledger/bins.h"
#include "ledger/projection.h"
#include "ledger/stats.h"
#include "ledger/sums.h"
#include "ledger/work_list.h"

struct trends {
	struct db *db;
	struct arena *a;
	const struct trend_query *t;
	struct stat_filter filter;
	struct bins bins;
	struct counts *by_bin;
	struct sums sums;
	struct str next;
};

static void
take_bin(void *ctx, const struct stat_row *r)
{
	struct trends *s = ctx;

	counts_more(&s->by_bin[bins_find(&s->bins, r->ms)], &r->n);
}

static void
take_phase(void *ctx, const struct stat_row *r)
{
	counts_more(&sums_at(&((struct trends *)ctx)->sums, r->k2)->n, &r->n);
}

static void
take_factory(void *ctx, const struct stat_row *r)
{
	counts_more(&sums_at(&((struct trends *)ctx)->sums, r->requester)->n,
	    &r->n);
}

static int
put_bins(struct trends *s, struct json_writer *w, struct err *e)
{
	static const char *const keys[] = {
		[ZONE_HOUR] = "hour", [ZONE_DAY] = "day", [ZONE_WEEK] = "week",
	};
	const struct bins *b = &s->bins;

	if (stat_each(s->db, FACET_TOTAL, false, &s->filter, b->bounds, b->n,
	    take_bin, s, e) != 0)
		return -1;
	for (size_t i = 0; i < b->n; i++) {
		json_object_open(w);
		answer_str(w, keys[b->unit], bins_label(b, s->a, i));
		answer_time(w, "from", b->bounds[i]);
		answer_time(w, "to", b->bounds[i + 1]);
		answer_counts(w, &s->by_bin[i]);
		answer_int(w, "reverted", s->by_bin[i].reverted);
		json_object_close(w);
	}
	return 0;
}

static int
put_names(struct trends *s, struct json_writer *w, struct err *e)
{
	const int64_t range[2] = { s->t->q.from_ms, s->t->q.to_ms };
	bool phase = s->t->group == TREND_PHASE;
	struct named *rows;
	size_t n;

	if (stat_each(s->db, phase ? FACET_MIX : FACET_TOTAL, !phase,
	    &s->filter, range, 1, phase ? take_phase : take_factory, s,
	    e) != 0 || answer_named(s->db, s->a, &s->sums, &rows, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		json_object_open(w);
		answer_str(w, phase ? "phase" : "factory", rows[i].name);
		answer_counts(w, &rows[i].n);
		json_object_close(w);
	}
	return 0;
}

static int
put_work(struct trends *s, struct json_writer *w, struct err *e)
{
	const int64_t range[2] = { s->t->q.from_ms, s->t->q.to_ms };
	bool order = s->t->group == TREND_ORDER;
	size_t limit = (size_t)s->t->limit, n;
	struct work_row *rows;

	/* one more than wanted tells whether there are more */
	if (work_list(s->db, s->a, order ? TERM_ORDER : TERM_TASK, range,
	    s->t->after_ms, s->t->after_term, limit + 1, &rows, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n && i < limit; i++) {
		struct str id;

		if (term_text(s->db, s->a, rows[i].term, &id, e) < 0)
			return -1;
		json_object_open(w);
		answer_str(w, order ? "order_id" : "task_id", id);
		answer_counts(w, &rows[i].n);
		answer_time(w, "first_patch", rows[i].first_ms);
		answer_time(w, "last_patch", rows[i].last_ms);
		json_object_close(w);
	}
	if (n > limit)
		s->next = trend_cursor_text(s->a, s->t,
		    rows[limit - 1].active_ms, rows[limit - 1].term);
	return 0;
}

static bool
is_list(const struct trends *s)
{
	return s->t->group == TREND_ORDER || s->t->group == TREND_TASK;
}

static void
put_page(const struct trends *s, struct json_writer *w)
{
	json_key(w, "pagination");
	json_object_open(w);
	answer_int(w, "limit", s->t->limit);
	json_key(w, "has_more");
	json_put_bool(w, s->next.p != NULL);
	answer_str(w, "next", s->next);
	json_object_close(w);
}

static int
put_all(struct trends *s, struct buf *out, struct err *e)
{
	struct json_writer w = JSON_WRITER(out);
	int rc;

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	answer_str(&w, "group", str(trend_groups[s->t->group]));
	json_key(&w, "range");
	json_object_open(&w);
	answer_time(&w, "fromDate", s->t->q.from_ms);
	answer_time(&w, "toDate", s->t->q.to_ms);
	answer_str(&w, "tz", s->t->q.tz);
	json_object_close(&w);
	json_key(&w, "results");
	json_array_open(&w);
	if (s->bins.n)
		rc = put_bins(s, &w, e);
	else
		rc = is_list(s) ? put_work(s, &w, e) : put_names(s, &w, e);
	if (rc != 0)
		return -1;
	json_array_close(&w);
	if (is_list(s))
		put_page(s, &w);
	json_object_close(&w);
	buf_addc(out, '\n');
	return buf_check(out, "the answer", e);
}

int
trends_answer(struct db *db, struct arena *a, const struct trend_query *t,
    struct buf *out, struct str *next, struct err *e)
{
	static const enum zone_unit units[] = {
		[TREND_WEEKLY] = ZONE_WEEK, [TREND_DAILY] = ZONE_DAY,
		[TREND_HOURLY] = ZONE_HOUR,
	};
	struct trends s = { .db = db, .a = a, .t = t, .next = STR_NONE };
	int rc;

	*next = STR_NONE;
	if (t->group < (int)countof(units))
		rc = bins_make(a, &t->q, units[t->group], &s.bins, e);
	else	/* a wrong zone is told in any case */
		rc = bins_zone(a, &t->q, &s.bins.zone, e);
	if (rc != 0)
		return -1;
	s.by_bin = arena_array_of(a, struct counts, s.bins.n);
	if (db_read_begin(db, e) != 0)
		return -1;
	rc = -1;
	if (projection_ready(db, e) == 0 &&
	    stat_filter_of(db, &t->q, &s.filter, e) == 0)
		rc = put_all(&s, out, e);
	db_read_end(db);
	sums_free(&s.sums);
	*next = s.next;
	return rc;
}
