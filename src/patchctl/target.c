#include "patchctl/target.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "edit/ops.h"
#include "patchctl/show.h"

#define TOKEN_MAX_BYTES KIB(4)

size_t
target_rows(struct target *t, struct option_row *rows)
{
	rows[0] = (struct option_row){ .name = "root", .value = &t->root };
	rows[1] = (struct option_row){ .name = "url",
	    .value = &t->url_option };
	rows[2] = (struct option_row){ .name = "remote",
	    .flag = &t->remote_option };
	rows[3] = (struct option_row){ .name = "token-file",
	    .value = &t->token_file };
	return TARGET_OPTIONS;
}

static int
token_read(struct command_line *l, struct target *t, struct err *e)
{
	t->token = str(getenv("PATCHWARDEN_TOKEN"));
	if (t->token_file && command_file(l, t->token_file, TOKEN_MAX_BYTES,
	    &t->token, e) != 0)
		return -1;
	while (t->token.len && (t->token.p[t->token.len - 1] == '\n' ||
	    t->token.p[t->token.len - 1] == '\r'))
		t->token.len--;
	for (size_t i = 0; i < t->token.len; i++)
		if ((unsigned char)t->token.p[i] <= ' ' ||
		    (unsigned char)t->token.p[i] >= 0x7f)
			return err_set(e, ERR_USAGE, "the token has a "
			    "character in it that no token has");
	if (!t->token.len)
		t->token = STR_NONE;
	return 0;
}

int
target_choose(struct command_line *l, struct target *t, struct err *e)
{
	t->remote = t->url_option || t->remote_option;
	if (!t->remote)
		return t->token_file ? err_set(e, ERR_USAGE,
		    "--token-file goes with --url or --remote") : 0;
	if (t->root)
		return err_set(e, ERR_USAGE,
		    "--root is for a tree here, not for a server");
	t->url = str(t->url_option ? t->url_option :
	    getenv("PATCHWARDEN_URL"));
	if (!t->url.len)
		return err_set(e, ERR_USAGE,
		    "--remote needs PATCHWARDEN_URL, or say --url URL");
	while (t->url.len && t->url.p[t->url.len - 1] == '/')
		t->url.len--;
	if (https_url_check(t->url, e) != 0)
		return -1;
	return token_read(l, t, e);
}

int
target_must_be_local(const struct target *t, struct err *e)
{
	if (!t->remote)
		return 0;
	return err_set(e, ERR_USAGE, "this command works on a tree here: it "
	    "takes no --url or --remote");
}

int
target_patch(struct command_line *l, struct target *t,
    struct option_row *rows, size_t n, struct str *id, struct err *e)
{
	const char *name;

	n += target_rows(t, rows + n);
	if (command_options(l, rows, n, e) != 0 ||
	    command_argument(l, "the id of a patch", &name, e) != 0 ||
	    target_choose(l, t, e) != 0)
		return -1;
	*id = str(name);
	return 0;
}

struct plan_limits
target_limits(const struct command_line *l)
{
	return (struct plan_limits){ (size_t)l->cfg.file_bytes,
	    l->cfg.open_space_padding };
}

bool
target_orchestrator(struct queue_target *out)
{
	out->url = str(getenv("ORCHESTRATOR_URL"));
	out->token = str(getenv("ORCHESTRATOR_TOKEN"));
	if (!out->token.len)
		out->token = STR_NONE;
	return out->url.len > 0;
}

int
target_open(struct command_line *l, const struct target *t,
    enum local_how how, struct local *out, struct err *e)
{
	struct queue_target to;

	return local_open(l->a, t->root, how, target_orchestrator(&to), out,
	    e);
}

void
target_post(struct command_line *l, const char *root)
{
	struct queue_target to;
	struct queue_result r;

	if (!target_orchestrator(&to))
		return;
	queue_send(l->a, root, &to, &r);
	if (r.left)
		fprintf(stderr, "patchctl: %zu event%s queued for the next "
		    "time: %s\n", r.left, r.left == 1 ? " is" : "s are",
		    r.why.detail);
	if (r.left && r.retry_after_s >= 0)
		fprintf(stderr, "patchctl: the orchestrator asks to wait "
		    "%lld s\n", (long long)r.retry_after_s);
	if (r.refused)
		fprintf(stderr, "patchctl: the orchestrator refused %zu "
		    "event%s, now in " LOCAL_FOLDER "/refused.jsonl\n",
		    r.refused, r.refused == 1 ? "" : "s");
	if (!r.left && !r.refused && r.why.kind != ERR_NONE)
		fprintf(stderr, "patchctl: events may come to the "
		    "orchestrator again: %s\n", r.why.detail);
}

static int
apply_here(struct command_line *l, const struct target *t,
    const struct patch_batch *batch, struct err *e)
{
	struct plan_limits limits = target_limits(l);
	struct local_outcome o;
	struct local here;
	int rc = target_open(l, t, batch->dry_run ? LOCAL_LOOK : LOCAL_EDIT,
	    &here, e);
	const char *root = here.root;

	if (rc == 0)
		rc = local_apply(&here, batch, &limits, &o, e);
	local_close(&here);
	if (rc != 0)
		return -1;
	if (!batch->dry_run)
		target_post(l, root);
	return show_outcome(l, &o);
}

/* JSON carries text; other bytes would arrive as something else. */
static int
text_check(const struct patch_batch *b, struct err *e)
{
	for (size_t k = 0; k < b->n_ops; k++) {
		const struct patch_op *op = &b->ops[k];
		const struct str texts[] = { op->block, op->search,
		    op->replace, op->expect, op->file, op->to };

		for (size_t i = 0; i < countof(texts); i++)
			if (utf8_check(texts[i]) != texts[i].len) {
				err_set(e, ERR_INVALID, "a text is not UTF-8, "
				    "and nothing else can be sent");
				return err_at(e, "/patches/%zu", k);
			}
	}
	return 0;
}

static int
apply_there(struct command_line *l, const struct target *t,
    const struct patch_batch *batch, struct err *e)
{
	struct buf body = BUF_INIT(BODY_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&body);
	struct show_stream stream = { .l = l };
	struct https_answer got;
	struct remote_call call = {
		.method = "POST", .changes = !batch->dry_run,
		.path = batch->dry_run ? STR("/api/patches/simulate") :
		    STR("/api/patches/apply"),
		.lines = !l->json && !batch->dry_run && show_is_terminal(),
		.on_line = show_stream_line, .to = &stream,
	};
	int rc = -1;

	if (text_check(batch, e) != 0)
		return -1;
	contract_encode(&patch_batch_contract, batch, &w);
	if (buf_check(&body, "the request", e) == 0) {
		call.body = buf_str(&body);
		rc = remote_ask(l, t, &call, &got, e);
	}
	buf_free(&body);
	if (rc != 0)
		return -1;
	return show_answer(l, &got, &stream, e);
}

int
target_apply(struct command_line *l, const struct target *t,
    const struct patch_batch *batch, struct err *e)
{
	return t->remote ? apply_there(l, t, batch, e) :
	    apply_here(l, t, batch, e);
}
