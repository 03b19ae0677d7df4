#include <stdio.h>

#include "bridge/resolve.h"
#include "patchctl/show.h"
#include "patchctl/target.h"

static int64_t
number(const struct json *n, const char *name)
{
	const struct json *v;

	return json_kind(n) == JSON_OBJECT && json_member(n, name, &v) &&
	    json_kind(v) == JSON_INT ? json_as_int(v) : 0;
}

/* "f.c:3-4" or "f.c: before 7". */
static void
show_hit(struct str file, const struct json *hit)
{
	const struct json *span;

	show_text(stdout, file);
	if (json_kind(hit) == JSON_OBJECT && json_member(hit, "span", &span))
		printf(":%lld-%lld\n", (long long)number(span, "start"),
		    (long long)number(span, "end"));
	else
		printf(": before %lld\n",
		    (long long)number(hit, "insertBeforeLine"));
}

static int
show(struct command_line *l, struct str file, struct str answer,
    struct err *e)
{
	const struct json *hits;
	struct json_doc *doc;

	if (l->json) {
		printf("%.*s%s", STR_ARG(answer),
		    str_ends(answer, STR("\n")) ? "" : "\n");
		return 0;
	}
	if (json_parse(answer, l->a, &doc, e) != 0)
		return -1;
	if (json_kind(json_root(doc)) == JSON_OBJECT &&
	    json_member(json_root(doc), "hits", &hits) &&
	    json_count(hits) > 0) {
		for (size_t i = 0; i < json_count(hits); i++)
			show_hit(file, json_item(hits, i));
	} else {
		show_text(stdout, file);
		puts(" is new");
	}
	json_doc_free(doc);
	return 0;
}

static int
resolve_here(struct command_line *l, const struct target *t,
    const struct resolve_request *q, struct err *e)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct resolve_answer r;
	struct local here;
	int rc = target_open(l, t, LOCAL_LOOK, &here, e);

	if (rc == 0)
		rc = resolve(l->a, here.ws, (size_t)l->cfg.file_bytes, q, &r,
		    e);
	local_close(&here);
	if (rc == 0) {
		resolve_encode(&w, &r);
		rc = show(l, q->file, buf_str(&out), e);
	}
	buf_free(&out);
	return rc;
}

static int
resolve_there(struct command_line *l, const struct target *t,
    const struct resolve_request *q, struct err *e)
{
	struct buf body = BUF_INIT(BODY_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&body);
	struct remote_call call = { .method = "POST",
	    .path = STR("/api/coords/resolve") };
	struct https_answer got;
	int rc;

	contract_encode(&resolve_request_contract, q, &w);
	call.body = buf_str(&body);
	rc = remote_get(l, t, &call, &got, e);
	buf_free(&body);
	return rc != 0 ? rc : show(l, q->file, got.body, e);
}

static int
run(struct command_line *l, struct err *e)
{
	const char *marker = NULL, *anchor = NULL, *pattern = NULL;
	const char *begin = NULL, *end = NULL, *name;
	struct resolve_request q;
	struct target t = { 0 };
	struct option_row options[6 + TARGET_OPTIONS] = {
		{ "marker", &marker, NULL }, { "anchor", &anchor, NULL },
		{ "pattern", &pattern, NULL }, { "begin", &begin, NULL },
		{ "end", &end, NULL },
		{ "include-markers", NULL, &q.include_markers },
	};

	contract_defaults(&resolve_request_contract, &q);
	if (command_options(l, options, 6 + target_rows(&t, options + 6),
	    e) != 0 || command_argument(l, "one file", &name, e) != 0 ||
	    target_choose(l, &t, e) != 0)
		return -1;
	q.file = str(name);
	q.marker = str(marker);
	q.anchor = str(anchor);
	q.pattern = str(pattern);
	q.begin_id = str(begin);
	q.end_id = str(end);
	return t.remote ? resolve_there(l, &t, &q, e) :
	    resolve_here(l, &t, &q, e);
}

const struct command resolve_commands[] = {
	{ "resolve", "FILE [--marker NAME | --anchor TEXT | --pattern RE | --begin ID] [--end ID] [--include-markers] " TARGET_ARGS, run, "Tell where a marker, an anchor or a pattern stands.", "FILE is below the root: DIR, else the top of the git work tree, else the\ncurrent folder.  Each hit is FILE:START-END, or FILE: before LINE where there\nis nothing between the markers.\n\nExample:\n  patchctl resolve src/app.ts --marker CART", true, NULL },
	{ 0 }
};
