#include "bridge/resolve.h"

#include "dialect/marker.h"
#include "dialect/regex.h"
#include "text/text.h"

#define VALUE_SHOWN 100		/* bytes of what was looked for, in an error */

#define R struct resolve_request

static const char *const mode_names[] = { "auto", "span", "insert" };

static const struct field fields[] = {
	F_STR_PRESET(R, workspace, "workspace", "default", NAME_MAX_BYTES, FMT_NAME, "The tree."),
	F_STR(R, file, "file", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_TEXT, "Path below the workspace."),
	F_STR(R, marker, "marker", 0, 1, NAME_MAX_BYTES, FMT_NAME, "NAME of ###FINAL_MILE_PROMPT__NAME### and ###END_NAME###."),
	F_STR(R, anchor, "anchor", 0, 1, ANCHOR_MAX_BYTES, FMT_TEXT, "A literal text within a line."),
	F_STR(R, pattern, "pattern", 0, 1, REGEX_PATTERN_BYTES, FMT_TEXT, "A regular expression (PCRE2, bytes) for a line."),
	F_STR(R, begin_id, "beginId", 0, 1, NAME_MAX_BYTES, FMT_NAME, "id of <<<BEGIN:id>>>."),
	F_STR(R, end_id, "endId", 0, 1, NAME_MAX_BYTES, FMT_NAME, "id of <<<END:id>>>, when it is another."),
	F_ENUM(R, mode, "mode", 0, mode_names, RESOLVE__MAX, "auto", "auto, or what is wanted: a span, or a place to insert."),
	F_BOOL(R, include_markers, "includeMarkers", "false", "The lines of the markers belong to the span."),
	F_END
};

const struct contract resolve_request_contract = {
	.name = "ResolveRequest", .size = sizeof(R), .fields = fields,
	.doc = "Where something stands in a file.",
};

/* What is looked for: its member and its value. */
static const char *
asked(const struct resolve_request *q, struct str *value)
{
	*value = q->marker.p ? q->marker : q->anchor.p ? q->anchor :
	    q->pattern.p ? q->pattern : q->begin_id;
	return q->marker.p ? "marker" : q->anchor.p ? "anchor" :
	    q->pattern.p ? "pattern" : "beginId";
}

int
resolve_check(const struct resolve_request *q, struct err *e)
{
	int n = !!q->marker.p + !!q->anchor.p + !!q->pattern.p +
	    !!q->begin_id.p;

	if (n != 1) {
		err_set(e, ERR_INVALID, "Give one of marker, anchor, pattern "
		    "and beginId, not %s", n ? "several" : "none");
		return err_at(e, "/%s", asked(q, &(struct str){ 0 }));
	}
	if (q->end_id.p && !q->begin_id.p) {
		err_set(e, ERR_INVALID, "endId goes with beginId");
		return err_at(e, "/endId");
	}
	if (path_check(q->file, e) != 0)
		return err_at(e, "/file");
	return 0;
}

static bool
within_limit(size_t n, struct err *e)
{
	if (n <= HITS_MAX)
		return true;
	err_set(e, ERR_LIMIT_EXCEEDED, "It is in %zu places of the file; at "
	    "most %d are told", n, HITS_MAX);
	return false;
}

/* A hit as the mode wants it. */
static void
shape(const struct resolve_request *q, struct resolve_hit *h)
{
	bool within = h->closed && h->outer.start < h->outer.end &&
	    !q->include_markers;
	const struct line_range *span = within ? &h->inner : &h->outer;

	if (q->mode == RESOLVE_INSERT)
		h->insert_before = within ? h->outer.end : h->outer.start;
	else if (span->start)
		h->span = *span;
	else
		h->insert_before = h->outer.end;
}

static void
take_lines(struct arena *a, const size_t *lines, size_t n,
    struct resolve_answer *out)
{
	out->hits = arena_array_of(a, struct resolve_hit, n + 1);
	for (size_t i = 0; lines && i < n; i++)
		out->hits[i].inner = out->hits[i].outer = (struct line_range){
			(int64_t)lines[i] + 1, (int64_t)lines[i] + 1 };
	out->n = n;
}

static void
take_regions(struct arena *a, const struct marker_hit *m, size_t n,
    struct resolve_answer *out)
{
	out->hits = arena_array_of(a, struct resolve_hit, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct resolve_hit *h = &out->hits[i];

		h->closed = m[i].closed;
		h->depth = m[i].depth;
		h->outer = (struct line_range){ (int64_t)m[i].first + 1,
		    (int64_t)m[i].last + 1 };
		if (!m[i].closed)
			h->inner = h->outer;
		else if (m[i].last - m[i].first > 1)
			h->inner = (struct line_range){ h->outer.start + 1,
			    h->outer.end - 1 };
	}
	out->n = n;
}

static int
look(struct arena *a, struct str text, const struct resolve_request *q,
    struct resolve_answer *out, struct err *e)
{
	struct marker_hit *m = NULL;
	size_t *lines = NULL, n = 0;
	struct str value;
	const char *what;

	if (q->anchor.p)
		anchor_find(a, text, q->anchor, &lines, &n);
	else if (q->pattern.p && regex_find(a, q->pattern, text,
	    REGEX_DEADLINE_MS, &lines, &n, e) != 0)
		return -1;
	else if (q->marker.p)
		marker_find(a, text, MARKER_FINAL_MILE, q->marker, &m, &n);
	else if (q->begin_id.p)
		marker_find_pair(a, text, MARKER_BEGIN_END, q->begin_id,
		    q->end_id.p ? q->end_id : q->begin_id, &m, &n);
	if (!within_limit(n, e))
		return -1;
	if (m)
		take_regions(a, m, n, out);
	else
		take_lines(a, lines, n, out);
	if (n)
		return 0;
	what = asked(q, &value);
	if (value.len > VALUE_SHOWN)
		value.len = VALUE_SHOWN;
	return err_set(e, ERR_ANCHOR_MISSING, "%.*s has no %s \"%.*s\"",
	    STR_ARG(q->file), what, STR_ARG(value));
}

/* The first hit that is what the mode wants. */
static int
choose(const struct resolve_request *q, struct resolve_answer *out,
    struct err *e)
{
	for (size_t i = 0; i < out->n; i++)
		shape(q, &out->hits[i]);
	while (out->first < out->n && q->mode == RESOLVE_SPAN &&
	    !out->hits[out->first].span.start)
		out->first++;
	if (out->first < out->n)
		return 0;
	err_set(e, ERR_OUT_OF_RANGE, "There is no line between the markers, "
	    "so there is no span; ask for mode auto or insert, or for "
	    "includeMarkers");
	return err_at(e, "/mode");
}

int
resolve_text(struct arena *a, struct str text,
    const struct resolve_request *q, struct resolve_answer *out,
    struct err *e)
{
	struct lines lines;

	if (text_is_binary(text)) {
		err_set(e, ERR_BINARY_FILE, "%.*s has a NUL byte",
		    STR_ARG(q->file));
		return err_at(e, "/file");
	}
	lines_of(a, text, &lines);
	out->exists = true;
	out->sha256 = sha256_hex(a, sha256_of(text));
	out->lines = (int64_t)lines.n;
	if (look(a, text, q, out, e) != 0)
		return err_at(e, "/%s", asked(q, &(struct str){ 0 }));
	return choose(q, out, e);
}

int
resolve(struct arena *a, struct workspace *ws, size_t file_bytes,
    const struct resolve_request *q, struct resolve_answer *out,
    struct err *e)
{
	struct str text;
	int found;

	*out = (struct resolve_answer){ .file = q->file };
	if (resolve_check(q, e) != 0)
		return -1;
	found = workspace_read(ws, a, q->file, file_bytes, &text, NULL, NULL,
	    e);
	if (found < 0)
		return err_at(e, "/file");
	if (found == 0)
		return 0;
	return resolve_text(a, text, q, out, e);
}

static void
put_range(struct json_writer *w, const char *key, const struct line_range *r)
{
	json_key(w, key);
	if (!r->start) {
		json_put_null(w);
		return;
	}
	json_object_open(w);
	json_key(w, "start");
	json_put_int(w, r->start);
	json_key(w, "end");
	json_put_int(w, r->end);
	json_object_close(w);
}

static void
put_place(struct json_writer *w, const struct resolve_hit *h)
{
	if (h->span.start) {
		put_range(w, "span", &h->span);
		return;
	}
	json_key(w, "insertBeforeLine");
	json_put_int(w, h->insert_before);
}

static void
put_hit(struct json_writer *w, const struct resolve_hit *h)
{
	json_object_open(w);
	put_place(w, h);
	put_range(w, "inner", &h->inner);
	put_range(w, "outer", &h->outer);
	json_key(w, "closed");
	json_put_bool(w, h->closed);
	json_key(w, "depth");
	json_put_int(w, (int64_t)h->depth);
	json_object_close(w);
}

void
resolve_encode(struct json_writer *w, const struct resolve_answer *r)
{
	json_object_open(w);
	json_key(w, "ok");
	json_put_bool(w, true);
	json_key(w, "mode");
	json_put_str(w, r->exists ? STR("existing") : STR("new"));
	if (r->exists)
		put_place(w, &r->hits[r->first]);
	json_key(w, "ambiguous");
	json_put_bool(w, r->n > 1);
	json_key(w, "file");
	json_put_str(w, r->file);
	json_key(w, "sha256");
	json_put_str(w, r->sha256);
	json_key(w, "lines");
	json_put_int(w, r->lines);
	json_key(w, "hits");
	json_array_open(w);
	for (size_t i = 0; i < r->n; i++)
		put_hit(w, &r->hits[i]);
	json_array_close(w);
	json_object_close(w);
}
