#include "report/html_table.h"

#include "base/clock.h"
#include "report/figure.h"
#include "report/html.h"

#define DAY_MS INT64_C(86400000)
#define LONG_BYTES 40		/* a sentence, which needs some width */
#define SHORT_BYTES 16		/* a word, which need not be broken */
#define SMALL_ROWS 12		/* kept on one sheet of paper */
#define MINUS "\xe2\x88\x92"

/* What a cell is drawn against. */
struct scale {
	int64_t lines;			/* of the file with the most */
	struct report_duration span;	/* of the whole order */
};

void
html_time(struct buf *out, int64_t ms, int64_t day_ms)
{
	struct buf shown = BUF_INIT(64);
	char text[CLOCK_TEXT_BYTES];

	figure_time(&shown, ms);
	if (ms < 0) {
		buf_add(out, buf_str(&shown));
	} else {
		struct str s = buf_str(&shown);
		bool same = day_ms >= 0 && ms / DAY_MS == day_ms / DAY_MS;

		buf_addf(out, "<time datetime=\"%.*s\">%.*s</time>",
		    STR_ARG(clock_write(ms, text)),
		    STR_ARG(same ? str_n(s.p + 11, s.len - 11) : s));
	}
	buf_free(&shown);
}

static void
percent(struct buf *out, int64_t tenths)
{
	buf_addf(out, "%lld.%lld%%", (long long)tenths / 10,
	    (long long)tenths % 10);
}

static void
rate(struct buf *out, int64_t num, int64_t den)
{
	figure_rate(out, num, den);
	buf_adds(out, "<span class=\"rate\" aria-hidden=\"true\""
	    " style=\"--p:");
	percent(out, figure_permille(num, den));
	buf_adds(out, "\"></span>");
}

static void
graph_part(struct buf *out, const char *color, int64_t n, int64_t of)
{
	if (n <= 0)
		return;
	buf_addf(out, "<span class=\"%s\" style=\"width:", color);
	percent(out, figure_permille(n, of));
	buf_adds(out, "\"></span>");
}

static void
lines(struct buf *out, int64_t added, int64_t removed, int64_t most)
{
	buf_addf(out, "<span class=\"plus\">+%lld</span> <span class=\"minus\">"
	    MINUS "%lld</span><span class=\"graph\" aria-hidden=\"true\">",
	    (long long)added, (long long)removed);
	graph_part(out, "okbar", added, most);
	graph_part(out, "badbar", removed, most);
	buf_adds(out, "</span>");
}

static const char *
bar_color(int state)
{
	static const char *const colors[REPORT_STATE__MAX] = {
		[REPORT_DONE] = "okbar", [REPORT_FAILED] = "badbar",
		[REPORT_OPEN] = "open", [REPORT_POINT] = "accentbar",
	};

	return colors[state];
}

/* From where to where p was, of the whole order; events of factories may lie
 * outside of it. */
static void
bar(struct buf *out, const struct report_phase *p,
    const struct report_duration *of)
{
	int64_t to = p->to_ms < 0 ? of->to_ms : p->to_ms;
	int64_t left = figure_permille(p->from_ms - of->from_ms,
	    of->elapsed_ms);
	int64_t right = figure_permille(to - of->from_ms, of->elapsed_ms);

	if (left > 980)
		left = 980;		/* room to be seen */
	buf_addf(out, "<span class=\"track\" aria-hidden=\"true\"><span"
	    " class=\"%s\" style=\"left:", bar_color(p->state));
	percent(out, left);
	buf_adds(out, ";width:");
	percent(out, right > left ? right - left : 0);
	buf_adds(out, "\"></span></span>");
}

static void
cell(struct buf *out, const struct column *c, const void *row,
    const struct scale *of)
{
	const char *state;

	switch (c->kind) {
	case CELL_TEXT:
		buf_adds(out, "<code>");
		html_text(out, cell_str(row, c->at));
		buf_adds(out, "</code>");
		break;
	case CELL_COUNT:
	case CELL_BAD:
	case CELL_WARN:
		buf_addf(out, "%lld", (long long)cell_int(row, c->at));
		break;
	case CELL_RATE:
		rate(out, cell_int(row, c->at), cell_int(row, c->also));
		break;
	case CELL_LINES:
		lines(out, cell_int(row, c->at), cell_int(row, c->also),
		    of->lines);
		break;
	case CELL_TIME:
		html_time(out, cell_int(row, c->at), of->span.from_ms);
		break;
	case CELL_MS:
		figure_ms(out, cell_int(row, c->at));
		break;
	case CELL_EVENT:
		html_text(out, str(event_names[cell_enum(row, c->at)]));
		break;
	case CELL_STATE:
		state = report_states[cell_enum(row, c->at)];
		buf_addf(out, "<span class=\"pill s-%s\">%s</span>", state,
		    state);
		break;
	case CELL_BAR:
		bar(out, row, &of->span);
		break;
	}
}

/* The classes of a cell, for the head (row NULL) and for rows. */
static const char *
class_of(const struct column *c, const void *row)
{
	size_t n;

	switch (c->kind) {
	case CELL_COUNT:
	case CELL_RATE:
		return " class=\"num\"";
	case CELL_BAD:
	case CELL_WARN:
		if (!row || cell_int(row, c->at) == 0)
			return " class=\"num zero\"";
		return c->kind == CELL_BAD ? " class=\"num bad\"" :
		    " class=\"num warn\"";
	case CELL_LINES:
		return " class=\"lines\"";
	case CELL_MS:
		return " class=\"ms\"";
	case CELL_TEXT:
		n = row ? cell_str(row, c->at).len : 0;
		return n > LONG_BYTES ? " class=\"long\"" :
		    n && n <= SHORT_BYTES ? " class=\"short\"" : "";
	default:
		return "";
	}
}

static void
table(struct buf *out, const struct section *s, const struct report *r,
    const struct scale *of)
{
	buf_addf(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\""
	    " aria-labelledby=\"%s-title\">\n<table>\n<caption>%s</caption>\n"
	    "<thead>\n<tr>", s->id, s->caption);
	for (const struct column *c = s->columns; c->title; c++)
		buf_addf(out, "<th scope=\"col\"%s>%s</th>",
		    class_of(c, NULL), c->title);
	buf_adds(out, "</tr>\n</thead>\n<tbody>\n");
	for (size_t i = 0; i < section_count(s, r); i++) {
		const void *row = section_row(s, r, i);

		buf_adds(out, "<tr>");
		for (const struct column *c = s->columns; c->title; c++) {
			bool first = c == s->columns;

			buf_addf(out, first ? "<th scope=\"row\"%s>" :
			    "<td%s>", class_of(c, row));
			cell(out, c, row, of);
			buf_adds(out, first ? "</th>" : "</td>");
		}
		buf_adds(out, "</tr>\n");
	}
	buf_adds(out, "</tbody>\n</table>\n</div>\n");
}

static struct scale
scale_of(const struct report *r)
{
	struct scale of = { 1, r->duration };

	for (size_t i = 0; i < r->n_files; i++) {
		int64_t n = r->files[i].lines_added +
		    r->files[i].lines_removed;

		if (n > of.lines)
			of.lines = n;
	}
	return of;
}

void
html_section(struct buf *out, const struct section *s,
    const struct report *r)
{
	struct scale of = scale_of(r);

	buf_addf(out, "<section class=\"part%s\" id=\"%s\" aria-labelledby="
	    "\"%s-title\">\n<h2 id=\"%s-title\">%s</h2>\n",
	    section_count(s, r) <= SMALL_ROWS ? " small" : "", s->id, s->id,
	    s->id, s->title);
	if (section_count(s, r))
		table(out, s, r, &of);
	else
		buf_addf(out, "<p class=\"quiet\">%s</p>\n", s->none);
	if (section_left_out(s, r))
		buf_addf(out, "<p class=\"more\">and %lld more</p>\n",
		    (long long)section_left_out(s, r));
	buf_adds(out, "</section>\n");
}
