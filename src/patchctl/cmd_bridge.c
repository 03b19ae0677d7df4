#include <stdio.h>

#include "bridge/bridge.h"
#include "edit/ops.h"
#include "patchctl/show.h"
#include "patchctl/target.h"

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

/* Nothing is written; then the batch is applied as any other. */
static int
bridge_here(struct command_line *l, const struct target *t, struct str text,
    bool reviewed, struct patch_batch *out, struct err *e)
{
	struct local here;
	int rc = target_open(l, t, LOCAL_LOOK, &here, e);

	if (rc == 0)
		rc = (reviewed ? review : phase)(l, text, here.ws, out, e);
	local_close(&here);
	return rc;
}

/* The batch in the server's answer. */
static int
show_there(struct command_line *l, struct str answer, struct err *e)
{
	const struct json *batch;
	struct json_doc *doc;
	struct str text = STR_NONE;

	if (json_parse(answer, l->a, &doc, e) != 0)
		return -1;
	if (json_kind(json_root(doc)) == JSON_OBJECT &&
	    json_member(json_root(doc), "batch", &batch))
		text = json_text(batch, l->a);
	json_doc_free(doc);
	if (!text.p)
		return err_set(e, ERR_UNREACHABLE,
		    "the server's answer has no batch in it");
	printf("%.*s\n", STR_ARG(text));
	return 0;
}

static int
bridge_there(struct command_line *l, const struct target *t, struct str text,
    bool reviewed, bool apply, struct err *e)
{
	struct remote_call call = { .method = "POST", .body = text,
	    .changes = apply };
	struct https_answer got;
	int rc;

	call.path = arena_fmt(l->a, "/api/patches/%s%s",
	    reviewed ? "review" : "bridge", apply ? "?apply=true" : "");
	if (apply)
		return remote_ask(l, t, &call, &got, e) != 0 ? -1 :
		    show_answer(l, &got, NULL, e);
	rc = remote_get(l, t, &call, &got, e);
	return rc != 0 ? rc : show_there(l, got.body, e);
}

static int
run(struct command_line *l, struct err *e)
{
	bool reviewed = false, apply = false;
	struct target t = { 0 };
	struct option_row options[2 + TARGET_OPTIONS] = {
		{ "review", NULL, &reviewed }, { "apply", NULL, &apply },
	};
	struct patch_batch batch;
	const char *name;
	struct str text;

	if (command_options(l, options, 2 + target_rows(&t, options + 2),
	    e) != 0 ||
	    command_argument(l, "one file, or -,", &name, e) != 0 ||
	    target_choose(l, &t, e) != 0 ||
	    command_file(l, name, BODY_MAX_BYTES, &text, e) != 0)
		return -1;
	if (t.remote)
		return bridge_there(l, &t, text, reviewed, apply, e);
	if (bridge_here(l, &t, text, reviewed, &batch, e) != 0)
		return -1;
	return apply ? target_apply(l, &t, &batch, e) : show(&batch, e);
}

const struct command bridge_commands[] = {
	{ "bridge", "FILE [--review] [--apply] " TARGET_ARGS, run, "Make a batch of a factory's output, and print it.", "FILE (- is the standard input) has a PhaseImplementation, or with --review a\nCodeReviewOutput with fixes; positions come from the tree.  Nothing is written,\nunless --apply says so.\n\nExample:\n  patchctl bridge phase.json | patchctl apply -", true, NULL },
	{ 0 }
};
