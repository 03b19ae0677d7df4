#include "broadcastd/gauges.h"

#include <stdlib.h>

#include "base/clock.h"
#include "broadcastd/conn.h"
#include "json/json_writer.h"

static const char *const transports[TRANSPORT__MAX] = {
	"websocket", "websocket_deflate", "sse",
};

static const char *const reasons[GONE__MAX] = {
	"client", "refused", "timeout", "protocol", "lagging", "behind",
	"silent", "expired", "turned_away", "restart", "answered",
};

/* Events that a subscriber is behind, at most. */
static const int64_t lags[] = { 0, 1, 10, 100, 1000, 10000, 100000 };

/* What is asked of the subscribers of this moment. */
struct now {
	uint64_t open[TRANSPORT__MAX];
	uint64_t undecided;		/* no stream yet, or no more */
	uint64_t full;			/* take nothing at the moment */
	uint64_t lag[countof(lags) + 1];	/* the last: more than all */
	int64_t lag_sum;
};

static size_t
lag_place(int64_t lag)
{
	size_t i = 0;

	while (i < countof(lags) && lag > lags[i])
		i++;
	return i;
}

static struct now
look(const struct server *s)
{
	struct now n = { 0 };
	const struct conn *c;

	for (uint32_t at = 0; (c = conns_next(&s->conns, &at));) {
		int64_t lag;

		if (c->state != CONN_OPEN) {
			n.undecided++;
			continue;
		}
		lag = hub_head(s->hub) - c->pos;
		n.open[c->transport]++;
		n.full += c->full;
		n.lag[lag_place(lag)]++;
		n.lag_sum += lag;
	}
	return n;
}

static void
put_count(struct json_writer *w, const char *key, uint64_t n)
{
	json_key(w, key);
	json_put_int(w, (int64_t)n);
}

static void
put_each(struct json_writer *w, const char *key,
    const uint64_t of[static TRANSPORT__MAX])
{
	json_key(w, key);
	json_object_open(w);
	for (int t = 0; t < TRANSPORT__MAX; t++)
		put_count(w, transports[t], of[t]);
	json_object_close(w);
}

static void
put_lags(struct json_writer *w, const struct now *n)
{
	json_key(w, "lag");
	json_array_open(w);
	for (size_t i = 0; i <= countof(lags); i++) {
		json_object_open(w);
		json_key(w, "le");
		if (i < countof(lags))
			json_put_int(w, lags[i]);
		else
			json_put_null(w);
		put_count(w, "subscribers", n->lag[i]);
		json_object_close(w);
	}
	json_array_close(w);
}

void
gauges_json(struct buf *out, const struct server *s)
{
	struct json_writer w = JSON_WRITER(out);
	const struct gauges *g = &s->gauges;
	struct now n = look(s);
	char ts[CLOCK_TEXT_BYTES];

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "since");
	json_put_str(&w, clock_write(g->started_ms, ts));
	json_key(&w, "epoch");
	json_put_str(&w, str(s->feed.epoch));
	json_key(&w, "head");
	json_put_int(&w, hub_head(s->hub));
	json_key(&w, "database");
	json_put_bool(&w, s->feed.ready);
	put_each(&w, "subscribers", n.open);
	put_count(&w, "undecided", n.undecided);
	put_count(&w, "stalled", n.full);
	put_count(&w, "filters", hub_filters(s->hub));
	put_lags(&w, &n);
	put_count(&w, "events", g->events);
	put_each(&w, "opened", g->opened);
	put_each(&w, "sends", g->sends);
	put_each(&w, "bytes", g->bytes);
	json_key(&w, "closed");
	json_object_open(&w);
	for (int i = 0; i < GONE__MAX; i++)
		put_count(&w, reasons[i], g->gone[i]);
	json_object_close(&w);
	put_count(&w, "rings", g->rings);
	put_count(&w, "catch_up_reads", g->reads);
	put_count(&w, "catch_up_rows", g->rows);
	put_count(&w, "gaps", g->gaps);
	json_object_close(&w);
	buf_addc(out, '\n');
}

/* -- the text format of Prometheus, 0.0.4 -- */

static void
family(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_addf(out, "# HELP patchwarden_%s %s\n# TYPE patchwarden_%s %s\n",
	    name, help, name, type);
}

static void
sample(struct buf *out, const char *name, const char *label,
    const char *value, uint64_t n)
{
	buf_addf(out, "patchwarden_%s{%s=\"%s\"} %llu\n", name, label, value,
	    (unsigned long long)n);
}

static void
one(struct buf *out, const char *name, const char *type, const char *help,
    uint64_t n)
{
	family(out, name, type, help);
	buf_addf(out, "patchwarden_%s %llu\n", name, (unsigned long long)n);
}

static void
each(struct buf *out, const char *name, const char *type, const char *help,
    const uint64_t of[static TRANSPORT__MAX])
{
	family(out, name, type, help);
	for (int t = 0; t < TRANSPORT__MAX; t++)
		sample(out, name, "transport", transports[t], of[t]);
}

static void
lag_histogram(struct buf *out, const struct now *n)
{
	static const char name[] = "stream_lag_events";
	uint64_t upto = 0;

	family(out, name, "histogram",
	    "Events that subscribers are behind, at this moment.");
	for (size_t i = 0; i <= countof(lags); i++) {
		upto += n->lag[i];
		if (i < countof(lags))
			buf_addf(out, "patchwarden_%s_bucket{le=\"%lld\"} %llu"
			    "\n", name, (long long)lags[i],
			    (unsigned long long)upto);
	}
	buf_addf(out, "patchwarden_%s_bucket{le=\"+Inf\"} %llu\n"
	    "patchwarden_%s_sum %lld\npatchwarden_%s_count %llu\n", name,
	    (unsigned long long)upto, name, (long long)n->lag_sum, name,
	    (unsigned long long)upto);
}

void
gauges_metrics(struct buf *out, const struct server *s)
{
	const struct gauges *g = &s->gauges;
	struct now n = look(s);

	each(out, "stream_subscribers", "gauge", "Open streams.", n.open);
	one(out, "stream_undecided", "gauge",
	    "Connections without a stream.", n.undecided);
	one(out, "stream_stalled", "gauge",
	    "Subscribers that take nothing at the moment.", n.full);
	one(out, "stream_filters", "gauge", "Different filters in use.",
	    hub_filters(s->hub));
	lag_histogram(out, &n);
	one(out, "stream_head", "gauge", "The seq of the latest event.",
	    (uint64_t)hub_head(s->hub));
	one(out, "stream_database_ready", "gauge",
	    "1 while the database can be read.", s->feed.ready);
	one(out, "stream_events_total", "counter", "Events published.",
	    g->events);
	each(out, "stream_opened_total", "counter", "Streams begun.",
	    g->opened);
	each(out, "stream_sends_total", "counter",
	    "Calls that sent events, each one or more.", g->sends);
	each(out, "stream_sent_bytes_total", "counter",
	    "Bytes of events sent.", g->bytes);
	family(out, "stream_closed_total", "counter",
	    "Connections that ended, by reason.");
	for (int i = 0; i < GONE__MAX; i++)
		sample(out, "stream_closed_total", "reason", reasons[i],
		    g->gone[i]);
	one(out, "stream_rings_total", "counter", "Rings of the doorbell.",
	    g->rings);
	one(out, "stream_catch_up_reads_total", "counter",
	    "Reads of the table for subscribers behind the log in memory.",
	    g->reads);
	one(out, "stream_catch_up_rows_total", "counter",
	    "Events read for them.", g->rows);
	one(out, "stream_gaps_total", "counter",
	    "Positions that were not to be had.", g->gaps);
	family(out, "stream_start_time_seconds", "gauge",
	    "When the daemon was started.");
	buf_addf(out, "patchwarden_stream_start_time_seconds %lld.%03lld\n",
	    (long long)(g->started_ms / 1000),
	    (long long)(g->started_ms % 1000));
}
