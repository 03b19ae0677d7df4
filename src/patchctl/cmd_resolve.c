#include "patchctl/command.h"

#include <stdio.h>

#include "edit/resolve.h"
#include "patchctl/root.h"

static void
show(const struct resolve_answer *r)
{
	if (!r->exists)
		printf("%.*s is new\n", STR_ARG(r->file));
	for (size_t i = 0; i < r->n; i++) {
		const struct resolve_hit *h = &r->hits[i];

		if (h->span.start)
			printf("%.*s:%lld-%lld\n", STR_ARG(r->file),
			    (long long)h->span.start, (long long)h->span.end);
		else
			printf("%.*s: before %lld\n", STR_ARG(r->file),
			    (long long)h->insert_before);
	}
}

static void
show_json(const struct resolve_answer *r)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);

	resolve_encode(&w, r);
	puts(out.p);
	buf_free(&out);
}

static int
run(struct command_line *l, struct err *e)
{
	const char *marker = NULL, *anchor = NULL, *pattern = NULL;
	const char *begin = NULL, *end = NULL, *root = NULL;
	struct resolve_request q;
	struct option_row options[] = {
		{ "marker", &marker, NULL }, { "anchor", &anchor, NULL },
		{ "pattern", &pattern, NULL }, { "begin", &begin, NULL },
		{ "end", &end, NULL }, { "root", &root, NULL },
		{ "include-markers", NULL, &q.include_markers },
	};
	struct workspace *ws = NULL;
	struct resolve_answer r;
	int rc = -1;

	contract_defaults(&resolve_request_contract, &q);
	if (command_options(l, options, countof(options), e) != 0)
		return -1;
	if (l->argc != 1)
		return err_set(e, ERR_USAGE, "one file is needed");
	q.file = str(l->argv[0]);
	q.marker = str(marker);
	q.anchor = str(anchor);
	q.pattern = str(pattern);
	q.begin_id = str(begin);
	q.end_id = str(end);
	if (root_open(l->a, root, &ws, e) == 0)
		rc = resolve(l->a, ws, (size_t)l->cfg.file_bytes, &q, &r, e);
	workspace_close(ws);
	if (rc == 0 && l->json)
		show_json(&r);
	else if (rc == 0)
		show(&r);
	return rc;
}

const struct command resolve_commands[] = {
	{ "resolve", "FILE [--marker NAME|--anchor TEXT|--pattern RE|--begin ID] [--end ID] [--include-markers] [--root DIR] [--json]", run, "Tell where a marker, an anchor or a pattern stands.", "FILE is below the root: DIR, else the top of the git work tree, else the\ncurrent folder.  Each hit is FILE:START-END, or FILE: before LINE where there\nis nothing between the markers." },
	{ 0 }
};
