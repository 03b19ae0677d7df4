#include "report/html.h"

#include "report/visible.h"

static void
escape(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		switch (s.p[i]) {
		case '&': buf_adds(out, "&amp;"); break;
		case '<': buf_adds(out, "&lt;"); break;
		case '>': buf_adds(out, "&gt;"); break;
		case '"': buf_adds(out, "&quot;"); break;
		case '\'': buf_adds(out, "&#39;"); break;
		default: buf_addc(out, s.p[i]);
		}
}

void
html_plain(struct buf *out, struct str s)
{
	struct visible v;
	struct piece p;
	size_t left = visible_begin(&v, s);

	while (visible_next(&v, &p))
		escape(out, p.text);
	if (left)
		buf_addf(out, " (+%zu bytes)", left);
}

void
html_text(struct buf *out, struct str s)
{
	struct visible v;
	struct piece p;
	size_t left;

	if (s.len == 0) {
		buf_addf(out, "<span class=\"none\">%s</span>",
		    s.p ? "(empty)" : "\xe2\x80\x94");
		return;
	}
	buf_adds(out, "<bdi>");
	left = visible_begin(&v, s);
	while (visible_next(&v, &p)) {
		buf_adds(out, p.mark ? "<i>" : "");
		escape(out, p.text);
		buf_adds(out, p.mark ? "</i>" : "");
	}
	buf_adds(out, "</bdi>");
	if (left)
		buf_addf(out, " <span class=\"none\">(+%zu bytes)</span>", left);
}
