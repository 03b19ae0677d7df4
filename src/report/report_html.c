#include "report/figure.h"
#include "report/html_table.h"
#include "report/html.h"
#include "report/report.h"
#include "report/report_css.h"

static void
head(struct buf *out, const struct report *r)
{
	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    REPORT_CSP "\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width,"
	    " initial-scale=1\">\n<title>Delivery report: order ");
	html_plain(out, r->order_id);
	buf_adds(out, "</title>\n<style>");
	buf_adds(out, report_css);
	buf_adds(out, "</style>\n</head>\n<body>\n<main>\n");
}

static void
top(struct buf *out, const struct report *r)
{
	buf_addf(out, "<header>\n<p class=\"kicker\">Delivery report \xc2\xb7"
	    " version %lld</p>\n<h1>Order ", (long long)r->version);
	html_text(out, r->order_id);
	buf_adds(out, "</h1>\n<p class=\"when\">");
	html_time(out, r->duration.from_ms, -1);
	buf_adds(out, " to ");
	html_time(out, r->duration.to_ms, -1);
	buf_adds(out, " UTC \xc2\xb7 ");
	figure_ms(out, r->duration.elapsed_ms);
	buf_adds(out, "</p>\n</header>\n");
}

static void
card_begin(struct buf *out, const char *title)
{
	buf_addf(out, "<div class=\"card\"><h2>%s</h2>\n", title);
}

static void
card_success(struct buf *out, const struct report_totals *t)
{
	int64_t tenths = figure_permille(t->ok, t->total);

	buf_addf(out, "<div class=\"card\"><span class=\"donut\""
	    " aria-hidden=\"true\" style=\"--p:%lld.%lld%%;--rest:var(--%s)\">"
	    "</span><h2>Success</h2>\n<p class=\"big\">",
	    (long long)tenths / 10, (long long)tenths % 10,
	    t->total ? "badbar" : "track");
	figure_rate(out, t->ok, t->total);
	buf_addf(out, "</p>\n<p>%lld of ", (long long)t->ok);
	figure_count(out, t->total, "patch", "patches");
	buf_adds(out, "</p></div>\n");
}

static void
stack_part(struct buf *out, int64_t n, const char *color)
{
	if (n > 0)
		buf_addf(out, "<span class=\"%s\" style=\"flex:%lld\"></span>",
		    color, (long long)n);
}

static void
card_patches(struct buf *out, const struct report_totals *t)
{
	card_begin(out, "Patches");
	buf_addf(out, "<p class=\"big\">%lld</p>\n<div class=\"stack\""
	    " aria-hidden=\"true\">", (long long)t->total);
	stack_part(out, t->ok - t->reverted, "okbar");
	stack_part(out, t->reverted, "warnbar");
	stack_part(out, t->failed, "badbar");
	buf_addf(out, "</div>\n<p>%lld ok, of which %lld taken back; "
	    "<span class=\"%s\">%lld failed</span></p></div>\n",
	    (long long)t->ok, (long long)t->reverted,
	    t->failed ? "bad" : "zero", (long long)t->failed);
}

static void
card_changes(struct buf *out, const struct report_diffstat *d)
{
	card_begin(out, "Changes");
	buf_addf(out, "<p class=\"big\"><span class=\"plus\">+%lld</span> "
	    "<span class=\"minus\">\xe2\x88\x92%lld</span></p>\n"
	    "<div class=\"stack\" aria-hidden=\"true\">",
	    (long long)d->insertions, (long long)d->deletions);
	stack_part(out, d->insertions, "okbar");
	stack_part(out, d->deletions, "badbar");
	buf_adds(out, "</div>\n<p>lines in ");
	figure_count(out, d->files, "file", "files");
	buf_adds(out, "</p></div>\n");
}

static void
card_latency(struct buf *out, const struct report_latency *l)
{
	card_begin(out, "Requested to applied");
	buf_adds(out, "<p class=\"big\">");
	figure_ms(out, l->p50_ms);
	buf_adds(out, "</p>\n<p>");
	if (l->count) {
		buf_adds(out, "median of ");
		figure_count(out, l->count, "patch", "patches");
		buf_adds(out, "; p90 ");
		figure_ms(out, l->p90_ms);
		buf_adds(out, ", p99 ");
		figure_ms(out, l->p99_ms);
		buf_adds(out, ", longest ");
		figure_ms(out, l->max_ms);
		buf_adds(out, ", together ");
		figure_ms(out, l->sum_ms);
	} else {
		buf_adds(out, "no patch says how long it took");
	}
	buf_adds(out, "</p></div>\n");
}

static void
contents(struct buf *out, const struct report *r)
{
	buf_adds(out, "<nav aria-label=\"Contents\">\n<ul>\n");
	for (const struct section *s = report_sections; s->title; s++)
		buf_addf(out, "<li><a href=\"#%s\">%s<b>%lld</b></a></li>\n",
		    s->id, s->title, (long long)section_count(s, r) +
		    (long long)section_left_out(s, r));
	buf_adds(out, "</ul>\n</nav>\n");
}

static void
bottom(struct buf *out, const struct report *r)
{
	buf_adds(out, "<footer>\n<p>Made from the events of this order up to"
	    " the one named here; the same events give the same report, byte by"
	    " byte.</p>\n<dl>\n");
	buf_addf(out, "<dt>As of event</dt><dd>%lld</dd>\n",
	    (long long)r->as_of.seq);
	buf_adds(out, "<dt>Hash of the chain there</dt><dd><code>");
	html_text(out, r->as_of.hash);
	buf_adds(out, "</code></dd>\n<dt>Epoch</dt><dd><code>");
	html_text(out, r->as_of.epoch);
	buf_adds(out, "</code></dd>\n</dl>\n</footer>\n</main>\n</body>\n"
	    "</html>\n");
}

void
report_html(struct buf *out, const struct report *r)
{
	head(out, r);
	top(out, r);
	buf_adds(out, "<section class=\"cards\" aria-label=\"Figures\">\n");
	card_success(out, &r->totals);
	card_patches(out, &r->totals);
	card_changes(out, &r->diffstat);
	card_latency(out, &r->latency);
	buf_adds(out, "</section>\n");
	contents(out, r);
	for (const struct section *s = report_sections; s->title; s++)
		html_section(out, s, r);
	bottom(out, r);
}
