#include "ledger/stats.h"

#include <stdlib.h>

#include "ledger/answer.h"
#include "ledger/bins.h"
#include "ledger/projection.h"
#include "ledger/sums.h"
#include "ledger/top_errors.h"
#include "model/latency.h"

/* What is collected for one answer. */
struct stats {
	struct db *db;
	struct arena *a;
	const struct stat_query *q;
	struct stat_filter filter;
	struct bins days;
	struct counts *by_day;
	struct counts totals, before;
	struct sums factories, ops, phases;
	struct error_list errors;
	int64_t latency[LATENCY_BUCKETS];
};

static void
take_day(void *ctx, const struct stat_row *r)
{
	struct stats *s = ctx;

	counts_more(&s->by_day[bins_find(&s->days, r->ms)], &r->n);
	counts_more(&s->totals, &r->n);
}

static void
take_before(void *ctx, const struct stat_row *r)
{
	counts_more(&((struct stats *)ctx)->before, &r->n);
}

static void
take_factory(void *ctx, const struct stat_row *r)
{
	struct stats *s = ctx;

	counts_more(&sums_at(&s->factories, r->requester)->n, &r->n);
}

static void
take_mix(void *ctx, const struct stat_row *r)
{
	struct stats *s = ctx;

	counts_more(&sums_at(&s->ops, r->k1)->n, &r->n);
	counts_more(&sums_at(&s->phases, r->k2)->n, &r->n);
}

static void
take_latency(void *ctx, const struct stat_row *r)
{
	((struct stats *)ctx)->latency[r->k1] += r->n.ok;
}

/* The same time before. */
static int64_t
earlier(const struct stat_query *q)
{
	return q->from_ms - (q->to_ms - q->from_ms);
}

static int
collect(struct stats *s, struct err *e)
{
	const int64_t range[2] = { s->q->from_ms, s->q->to_ms };
	const int64_t before[2] = { earlier(s->q), s->q->from_ms };
	const struct {
		enum facet facet;
		bool apart;
		const int64_t *bounds;
		size_t n;
		void (*take)(void *ctx, const struct stat_row *r);
	} walks[] = {
		{ FACET_TOTAL, false, s->days.bounds, s->days.n, take_day },
		{ FACET_TOTAL, false, before, 1, take_before },
		{ FACET_TOTAL, true, range, 1, take_factory },
		{ FACET_MIX, false, range, 1, take_mix },
		{ FACET_LATENCY, false, range, 1, take_latency },
	};

	for (size_t i = 0; i < countof(walks); i++)
		if (stat_each(s->db, walks[i].facet, walks[i].apart,
		    &s->filter, walks[i].bounds, walks[i].n, walks[i].take, s,
		    e) != 0)
			return -1;
	return top_errors(s->db, &s->filter, range, &s->errors, e);
}

static void
put_range(struct json_writer *w, int64_t from, int64_t to, struct str tz)
{
	json_key(w, "range");
	json_object_open(w);
	answer_time(w, "from", from);
	answer_time(w, "to", to);
	if (tz.p)
		answer_str(w, "tz", tz);
	json_object_close(w);
}

static void
put_totals(struct json_writer *w, const struct counts *n)
{
	json_key(w, "totals");
	json_object_open(w);
	answer_counts(w, n);
	json_object_close(w);
	answer_int(w, "reverted", n->reverted);
}

static void
put_daily(const struct stats *s, struct json_writer *w)
{
	json_key(w, "daily");
	json_array_open(w);
	for (size_t i = 0; i < s->days.n; i++) {
		json_object_open(w);
		answer_str(w, "day", bins_label(&s->days, s->a, i));
		answer_counts(w, &s->by_day[i]);
		json_object_close(w);
	}
	json_array_close(w);
}

static int
put_factories(struct stats *s, struct json_writer *w, struct err *e)
{
	struct named *rows;
	size_t n;

	if (answer_named(s->db, s->a, &s->factories, &rows, &n, e) != 0)
		return -1;
	json_key(w, "byFactory");
	json_array_open(w);
	for (size_t i = 0; i < n; i++) {
		json_object_open(w);
		answer_str(w, "factory", rows[i].name);
		answer_int(w, "total", counts_total(&rows[i].n));
		answer_int(w, "success", rows[i].n.ok);
		answer_share(w, "success_rate", rows[i].n.ok,
		    counts_total(&rows[i].n), 1);
		json_object_close(w);
	}
	json_array_close(w);
	return 0;
}

static int
put_ops(struct stats *s, struct json_writer *w, struct err *e)
{
	struct named *rows;
	size_t n;

	if (answer_named(s->db, s->a, &s->ops, &rows, &n, e) != 0)
		return -1;
	json_key(w, "byOp");
	json_array_open(w);
	for (size_t i = 0; i < n; i++) {
		json_object_open(w);
		answer_str(w, "op", rows[i].name);
		answer_int(w, "count", counts_total(&rows[i].n));
		answer_share(w, "pct", counts_total(&rows[i].n),
		    counts_total(&s->totals), 100);
		json_object_close(w);
	}
	json_array_close(w);
	return 0;
}

static int
put_phases(struct stats *s, struct json_writer *w, struct err *e)
{
	struct named *rows;
	size_t n;

	if (answer_named(s->db, s->a, &s->phases, &rows, &n, e) != 0)
		return -1;
	json_key(w, "by_phase");
	json_array_open(w);
	for (size_t i = 0; i < n; i++) {
		json_object_open(w);
		answer_str(w, "phase", rows[i].name);
		answer_counts(w, &rows[i].n);
		json_object_close(w);
	}
	json_array_close(w);
	return 0;
}

/* The most first; of equally many the one that was known first. */
static int
put_errors(struct stats *s, struct json_writer *w, struct err *e)
{
	const struct top_row *rows = s->errors.rows;

	json_key(w, "errors");
	json_array_open(w);
	for (size_t i = 0; i < s->errors.n; i++) {
		struct str text;

		if (term_text(s->db, s->a, rows[i].key, &text, e) < 0)
			return -1;
		json_object_open(w);
		answer_str(w, "error", text);
		answer_int(w, "occurrences", rows[i].n);
		json_object_close(w);
	}
	json_array_close(w);
	return 0;
}

static void
put_percentile(const struct stats *s, struct json_writer *w, const char *key,
    int64_t rank)
{
	int64_t seen = 0;
	int i = 0;

	json_key(w, key);
	if (rank == 0) {
		json_put_null(w);
		return;
	}
	while (seen + s->latency[i] < rank)
		seen += s->latency[i++];
	json_put_int(w, latency_floor(i));
}

/* By nearest rank: of n values the one at place ceil(n * share). */
static void
put_latency(const struct stats *s, struct json_writer *w)
{
	int64_t n = 0;

	for (int i = 0; i < LATENCY_BUCKETS; i++)
		n += s->latency[i];
	json_key(w, "latency");
	json_object_open(w);
	answer_int(w, "count", n);
	put_percentile(s, w, "p50", (n + 1) / 2);
	put_percentile(s, w, "p90", (n * 9 + 9) / 10);
	put_percentile(s, w, "p99", (n * 99 + 99) / 100);
	put_percentile(s, w, "max", n);
	json_key(w, "relative_error");
	json_put_double(w, LATENCY_ERROR);
	json_object_close(w);
}

static void
put_previous(const struct stats *s, struct json_writer *w)
{
	int64_t now = counts_total(&s->totals);
	int64_t then = counts_total(&s->before);

	json_key(w, "previous");
	json_object_open(w);
	put_range(w, earlier(s->q), s->q->from_ms, STR_NONE);
	put_totals(w, &s->before);
	json_key(w, "delta");
	json_object_open(w);
	answer_int(w, "total", now - then);
	answer_int(w, "ok", s->totals.ok - s->before.ok);
	answer_int(w, "failed", s->totals.failed - s->before.failed);
	answer_int(w, "reverted", s->totals.reverted - s->before.reverted);
	json_key(w, "success_rate");
	if (now && then)
		json_put_double(w, (double)s->totals.ok / (double)now -
		    (double)s->before.ok / (double)then);
	else
		json_put_null(w);
	json_object_close(w);
	json_object_close(w);
}

static int
put_all(struct stats *s, struct buf *out, struct err *e)
{
	struct json_writer w = JSON_WRITER(out);

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	put_range(&w, s->q->from_ms, s->q->to_ms, s->q->tz);
	put_totals(&w, &s->totals);
	put_daily(s, &w);
	if (put_factories(s, &w, e) != 0 || put_ops(s, &w, e) != 0 ||
	    put_phases(s, &w, e) != 0 || put_errors(s, &w, e) != 0)
		return -1;
	put_latency(s, &w);
	put_previous(s, &w);
	json_object_close(&w);
	buf_addc(out, '\n');
	return buf_check(out, "the answer", e);
}

static int
filter_term(struct db *db, enum term_field field, struct str text,
    int64_t *out, struct err *e)
{
	int rc;

	*out = 0;
	if (!text.p)
		return 0;
	rc = term_find(db, field, text, out, e);
	if (rc == 0)
		*out = -1;
	return rc < 0 ? -1 : 0;
}

int
stat_filter_of(struct db *db, const struct stat_query *q,
    struct stat_filter *out, struct err *e)
{
	return filter_term(db, TERM_REQUESTER, q->requester, &out->requester,
	    e) != 0 || filter_term(db, TERM_WORKSPACE, q->workspace,
	    &out->workspace, e) != 0 ? -1 : 0;
}

int
stats_answer(struct db *db, struct arena *a, const struct stat_query *q,
    struct buf *out, struct err *e)
{
	struct stats *s = arena_new_of(a, struct stats);
	int rc = -1;

	s->db = db;
	s->a = a;
	s->q = q;
	if (bins_make(a, q, ZONE_DAY, &s->days, e) != 0)
		return -1;
	s->by_day = arena_array_of(a, struct counts, s->days.n);
	if (db_read_begin(db, e) != 0)
		return -1;
	if (projection_ready(db, e) == 0 &&
	    stat_filter_of(db, q, &s->filter, e) == 0 && collect(s, e) == 0)
		rc = put_all(s, out, e);
	db_read_end(db);
	sums_free(&s->factories);
	sums_free(&s->ops);
	sums_free(&s->phases);
	return rc;
}
