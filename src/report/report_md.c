#include "report/figure.h"
#include "report/markdown.h"
#include "report/report.h"
#include "report/section.h"

#define GRAPH_WIDTH 10		/* signs of the largest change */

static void
row_begin(struct buf *out, const char *name)
{
	buf_addf(out, "| %s | ", name);
}

/* Each half of the signs that it has of the largest sum, at least one. */
static void
graph(struct buf *out, int64_t added, int64_t removed)
{
	int64_t sum = added + removed;
	int64_t plus = sum > GRAPH_WIDTH ? added * GRAPH_WIDTH / sum : added;
	int64_t minus = sum > GRAPH_WIDTH ? GRAPH_WIDTH - plus : removed;

	if (sum == 0)
		return;
	if (added && plus == 0) {
		plus++;
		minus--;
	}
	buf_adds(out, " `");
	while (plus-- > 0)
		buf_addc(out, '+');
	while (minus-- > 0)
		buf_addc(out, '-');
	buf_addc(out, '`');
}

static void
cell(struct buf *out, const struct column *c, const void *row)
{
	switch (c->kind) {
	case CELL_TEXT:
		markdown_code(out, cell_str(row, c->at), true);
		break;
	case CELL_COUNT:
	case CELL_BAD:
	case CELL_WARN:
		buf_addf(out, "%lld", (long long)cell_int(row, c->at));
		break;
	case CELL_RATE:
		figure_rate(out, cell_int(row, c->at), cell_int(row, c->also));
		break;
	case CELL_LINES:
		buf_addf(out, "+%lld -%lld", (long long)cell_int(row, c->at),
		    (long long)cell_int(row, c->also));
		graph(out, cell_int(row, c->at), cell_int(row, c->also));
		break;
	case CELL_TIME:
		figure_time(out, cell_int(row, c->at));
		break;
	case CELL_MS:
		figure_ms(out, cell_int(row, c->at));
		break;
	case CELL_EVENT:
		markdown_code(out, str(event_names[cell_enum(row, c->at)]),
		    true);
		break;
	case CELL_STATE:
		buf_adds(out, report_states[cell_enum(row, c->at)]);
		break;
	case CELL_BAR:
		break;
	}
}

static bool
is_number(enum cell_kind kind)
{
	return kind == CELL_COUNT || kind == CELL_BAD || kind == CELL_WARN ||
	    kind == CELL_RATE;
}

static void
table_head(struct buf *out, const struct column *columns)
{
	for (const struct column *c = columns; c->title; c++)
		if (c->kind != CELL_BAR)
			buf_addf(out, "| %s ", c->title);
	buf_adds(out, "|\n");
	for (const struct column *c = columns; c->title; c++)
		if (c->kind != CELL_BAR)
			buf_adds(out, is_number(c->kind) ? "|---:" : "|---");
	buf_adds(out, "|\n");
}

static void
section(struct buf *out, const struct section *s, const struct report *r)
{
	size_t n = section_count(s, r);

	buf_addf(out, "\n## %s\n\n", s->title);
	if (n == 0) {
		buf_addf(out, "%s\n", s->none);
		return;
	}
	buf_addf(out, "%s\n\n", s->caption);
	table_head(out, s->columns);
	for (size_t i = 0; i < n; i++) {
		const void *row = section_row(s, r, i);

		for (const struct column *c = s->columns; c->title; c++) {
			if (c->kind == CELL_BAR)
				continue;
			buf_adds(out, "| ");
			cell(out, c, row);
			buf_addc(out, ' ');
		}
		buf_adds(out, "|\n");
	}
	if (section_left_out(s, r))
		buf_addf(out, "\nand %lld more\n",
		    (long long)section_left_out(s, r));
}

static void
figures_patches(struct buf *out, const struct report_totals *t)
{
	row_begin(out, "Patches");
	buf_addf(out, "%lld: %lld ok, %lld failed; %lld of the ok ones were"
	    " taken back |\n", (long long)t->total, (long long)t->ok,
	    (long long)t->failed, (long long)t->reverted);
	row_begin(out, "Success");
	figure_rate(out, t->ok, t->total);
	buf_addf(out, " (%lld of %lld) |\n", (long long)t->ok,
	    (long long)t->total);
}

static void
figures_time(struct buf *out, const struct report *r)
{
	const struct report_latency *l = &r->latency;

	row_begin(out, "Time (UTC)");
	figure_time(out, r->duration.from_ms);
	buf_adds(out, " to ");
	figure_time(out, r->duration.to_ms);
	buf_adds(out, ", ");
	figure_ms(out, r->duration.elapsed_ms);
	buf_adds(out, " |\n");
	row_begin(out, "Requested to applied");
	if (l->count) {
		buf_adds(out, "median ");
		figure_ms(out, l->p50_ms);
		buf_adds(out, ", p90 ");
		figure_ms(out, l->p90_ms);
		buf_adds(out, ", p99 ");
		figure_ms(out, l->p99_ms);
		buf_adds(out, ", longest ");
		figure_ms(out, l->max_ms);
		buf_adds(out, ", together ");
		figure_ms(out, l->sum_ms);
		buf_adds(out, "; of ");
		figure_count(out, l->count, "patch |\n", "patches |\n");
	} else {
		buf_adds(out, "\xe2\x80\x94 |\n");
	}
}

static void
figures(struct buf *out, const struct report *r)
{
	buf_adds(out, "| Figure | Value |\n|---|---|\n");
	figures_patches(out, &r->totals);
	row_begin(out, "Changes");
	figure_count(out, r->diffstat.files, "file changed, ",
	    "files changed, ");
	figure_count(out, r->diffstat.insertions, "insertion(+), ",
	    "insertions(+), ");
	figure_count(out, r->diffstat.deletions, "deletion(-) |\n",
	    "deletions(-) |\n");
	figures_time(out, r);
	row_begin(out, "As of event");
	buf_addf(out, "%lld |\n", (long long)r->as_of.seq);
	row_begin(out, "Hash of the chain there");
	markdown_code(out, r->as_of.hash, true);
	buf_adds(out, " |\n");
	row_begin(out, "Epoch");
	markdown_code(out, r->as_of.epoch, true);
	buf_adds(out, " |\n");
}

void
report_md(struct buf *out, const struct report *r)
{
	buf_adds(out, "# Delivery report: order ");
	markdown_code(out, r->order_id, false);
	buf_addf(out, "\n\nVersion %lld. Each patch counts once, by its"
	    " outcome.\n\n", (long long)r->version);
	figures(out, r);
	for (const struct section *s = report_sections; s->title; s++)
		section(out, s, r);
	buf_adds(out, "\nMade from the events of this order up to the one named"
	    " above; the same events give the same report, byte by byte.\n");
}
