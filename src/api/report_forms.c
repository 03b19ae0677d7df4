#include "api/report_forms.h"

#include "api/program.h"
#include "base/clock.h"
#include "base/hash.h"
#include "http/etag.h"
#include "ledger/report_store.h"
#include "report/report.h"

enum form { FORM_JSON, FORM_MD, FORM_HTML, FORM__MAX };

static const struct {
	const char *suffix, *accept, *type;
} forms[FORM__MAX] = {
	[FORM_JSON] = { ".json", "application/json", "application/json" },
	[FORM_MD] = { ".md", "text/markdown", "text/markdown; charset=utf-8" },
	[FORM_HTML] = { ".html", "text/html", "text/html; charset=utf-8" },
};

struct version_query { int64_t version; };
static const struct field version_fields[] = {
	F_INT(struct version_query, version, "version", 0, 1, INT64_MAX, 0, "Which version; the newest without it."),
	F_END
};
static const struct contract version_query_contract = {
	.name = "ReportVersionQuery", .size = sizeof(struct version_query),
	.fields = version_fields, .doc = "Which version of a report.",
};

int
report_missing(struct str order_id, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no report was made on order %.*s; "
	    "POST /api/delivery/reports {\"order_id\": ...} makes one",
	    (int)(order_id.len > 100 ? 100 : order_id.len), order_id.p);
}

static int
row_find(struct govern *g, struct arena *a, struct str order_id,
    int64_t version, struct report_row *out, struct err *e)
{
	return version ? report_store_get(g->db, a, order_id, version, out, e) :
	    report_store_newest(g->db, a, order_id, out, e);
}

/* An order may be named like a file: its own name comes first, then the form
 * that a suffix asks for. */
static int
find(struct govern *g, struct call *c, int64_t version,
    struct report_row *row, enum form *form, struct err *e)
{
	struct str id = c->param[0];
	int rc = row_find(g, c->arena, id, version, row, e);

	for (*form = FORM_MD; *form < FORM__MAX; ++*form)
		if (request_accepts(c->req, forms[*form].accept))
			break;
	if (*form == FORM__MAX)
		*form = FORM_JSON;
	for (enum form f = 0; rc == 0 && f < FORM__MAX; f++) {
		struct str suffix = str(forms[f].suffix);

		if (id.len <= suffix.len || !str_ends(id, suffix))
			continue;
		*form = f;
		rc = row_find(g, c->arena, str_n(id.p, id.len - suffix.len),
		    version, row, e);
	}
	return rc != 0 ? rc : report_missing(id, e);
}

static int
html(struct call *c, const struct report_row *row, struct err *e)
{
	struct report r;

	if (report_parse(row->report_json, c->arena, &r, NULL) != 0)
		return err_set(e, ERR_NOT_FOUND, "version %lld was made before "
		    "reports had pages; it is there as Markdown and JSON, and "
		    "POST /api/delivery/reports makes a new one",
		    (long long)row->version);
	response_header(c->resp, "Content-Security-Policy", STR(REPORT_CSP));
	response_header(c->resp, "X-Content-Type-Options", STR("nosniff"));
	c->resp->type = forms[FORM_HTML].type;
	report_html(&c->resp->body, &r);
	return buf_check(&c->resp->body, "the report", e);
}

static struct str
tag_of(struct arena *a, const struct report_row *row, enum form form)
{
	struct str parts[2] = { arena_fmt(a, "%lld %lld %d ",
	    (long long)row->id, (long long)row->version, (int)form),
	    row->report_json };
	struct str hash = sha256_hex(a, sha256_of_parts(parts, 2));

	return str_n(hash.p, 32);
}

int
report_show(struct call *c, struct err *e)
{
	struct version_query q;
	struct report_row row;
	struct govern *g;
	enum form form;

	if (contract_query(&version_query_contract, c->req->query, c->arena,
	    &q, e) != 0 || program_govern(c, &g, e) != 0 ||
	    find(g, c, q.version, &row, &form, e) < 0)
		return -1;
	response_header(c->resp, "Vary", STR("Accept"));
	if (etag_unchanged(c, tag_of(c->arena, &row, form)))
		return 0;
	if (form == FORM_HTML)
		return html(c, &row, e);
	c->resp->type = forms[form].type;
	buf_add(&c->resp->body, form == FORM_MD ? row.report_md :
	    row.report_json);
	return buf_check(&c->resp->body, "the report", e);
}

static void
version_put(struct json_writer *w, const struct report_row *r)
{
	char at[CLOCK_TEXT_BYTES];

	json_object_open(w);
	json_key(w, "version");
	json_put_int(w, r->version);
	json_key(w, "as_of_seq");
	json_put_int(w, r->as_of.seq);
	json_key(w, "total_patches");
	json_put_int(w, r->total_patches);
	json_key(w, "ok_patches");
	json_put_int(w, r->ok_patches);
	json_key(w, "created_at");
	json_put_str(w, clock_write(r->created_at, at));
	json_object_close(w);
}

int
report_versions(struct call *c, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	struct report_row *rows;
	struct govern *g;
	size_t n;

	if (program_no_query(c, e) != 0 || program_govern(c, &g, e) != 0 ||
	    report_store_versions(g->db, c->arena, c->param[0], 0,
	    PAGE_MAX_ROWS, &rows, &n, e) != 0)
		return -1;
	if (n == 0)
		return report_missing(c->param[0], e);
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "order_id");
	json_put_str(&w, c->param[0]);
	json_key(&w, "versions");
	json_array_open(&w);
	for (size_t i = 0; i < n; i++)
		version_put(&w, &rows[i]);
	json_array_close(&w);
	json_object_close(&w);
	buf_addc(&c->resp->body, '\n');
	return buf_check(&c->resp->body, "the answer", e);
}
