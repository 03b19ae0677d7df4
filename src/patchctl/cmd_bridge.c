#include "patchctl/command.h"

#include <stdio.h>

#include "edit/bridge.h"
#include "edit/ops.h"
#include "patchctl/root.h"

static int
phase(struct command_line *l, struct str text, struct workspace *ws,
    struct patch_batch *out, struct err *e)
{
	struct bridge_request q;

	if (contract_decode_text(&bridge_request_contract, text, l->a, &q,
	    e) != 0)
		return -1;
	return bridge_batch(l->a, ws, (size_t)l->cfg.file_bytes, &q, out, e);
}

static int
review(struct command_line *l, struct str text, struct workspace *ws,
    struct patch_batch *out, struct err *e)
{
	struct review_request q;
	struct str *unfixed;
	size_t n;

	if (contract_decode_text(&review_request_contract, text, l->a, &q,
	    e) != 0 || review_batch(l->a, ws, (size_t)l->cfg.file_bytes, &q,
	    out, &unfixed, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "patchctl: %.*s requires changes, and has no "
		    "fix\n", STR_ARG(unfixed[i]));
	return 0;
}

static int
show(const struct patch_batch *batch, struct err *e)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	int rc;

	contract_encode(&patch_batch_contract, batch, &w);
	rc = buf_check(&out, "the batch", e);
	if (rc == 0)
		puts(out.p);
	buf_free(&out);
	return rc;
}

static int
run(struct command_line *l, struct err *e)
{
	const char *root = NULL;
	bool reviewed = false;
	struct option_row options[] = {
		{ "root", &root, NULL }, { "review", NULL, &reviewed },
	};
	struct workspace *ws = NULL;
	struct patch_batch batch;
	struct str text;
	int rc;

	if (command_options(l, options, countof(options), e) != 0)
		return -1;
	if (l->argc != 1)
		return err_set(e, ERR_USAGE, "one file is needed, or - for "
		    "the standard input");
	if (input_read(l->a, l->argv[0], BODY_MAX_BYTES, &text, e) != 0 ||
	    root_open(l->a, root, &ws, e) != 0)
		return -1;
	rc = (reviewed ? review : phase)(l, text, ws, &batch, e);
	workspace_close(ws);
	return rc == 0 ? show(&batch, e) : -1;
}

const struct command bridge_commands[] = {
	{ "bridge", "FILE|- [--review] [--root DIR]", run, "Make a batch of a factory's output, and print it.", "Reads a PhaseImplementation, or with --review a CodeReviewOutput with fixes;\npositions come from the root: DIR, else the top of the git work tree, else the\ncurrent folder.  Nothing is written: patchctl bridge FILE | patchctl apply -" },
	{ 0 }
};
