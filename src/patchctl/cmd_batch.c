/* apply and validate: files of edits. */
#include <stdio.h>

#include "edit/ops.h"
#include "patchctl/fields.h"
#include "patchctl/input.h"
#include "patchctl/show.h"
#include "patchctl/target.h"

/* What a batch says for itself: it changes what its edits mean. */
static const char *const not_here[] = { "atomic", "coordinates", NULL };

#define BATCH_ARGS "FILE [--dry-run] [--order-id TEXT] [--requester TEXT] " \
	"[--reason TEXT] [--branch TEXT] [--workspace TEXT] [--phase TEXT] " \
	"[--factory TEXT] [--model TEXT] [--meta JSON] [--no-validate] " \
	"[--eol WORD] " TARGET_ARGS

/* The batch in the file that was named; options win over its members. */
static int
batch_read(struct command_line *l, struct target *t,
    struct patch_batch *batch, struct err *e)
{
	struct option_row rows[FIELD_OPTIONS_MAX + TARGET_OPTIONS];
	struct field_options o = { .a = l->a };
	const char *name;
	struct str text;
	size_t n;

	field_options_add(&o, patch_batch_contract.fields, batch, not_here);
	n = field_options_rows(&o, rows);
	n += target_rows(t, rows + n);
	if (command_options(l, rows, n, e) != 0 ||
	    command_argument(l, "the name of a file, or -", &name, e) != 0 ||
	    target_choose(l, t, e) != 0 ||
	    command_file(l, name, BODY_MAX_BYTES, &text, e) != 0 ||
	    input_read(l->a, text, batch, e) != 0)
		return -1;
	return field_options_set(&o, e);
}

static int
apply(struct command_line *l, struct err *e)
{
	struct target t = { 0 };
	struct patch_batch batch;

	if (batch_read(l, &t, &batch, e) != 0)
		return -1;
	return target_apply(l, &t, &batch, e);
}

static int
validate_here(struct command_line *l, const struct target *t,
    const struct patch_batch *batch, struct err *e)
{
	struct plan_limits limits = target_limits(l);
	struct local_outcome o;
	struct local here;
	int rc = target_open(l, t, LOCAL_LOOK, &here, e);

	if (rc == 0)
		rc = local_apply(&here, batch, &limits, &o, e);
	local_close(&here);
	if (rc != 0)
		return -1;
	for (size_t i = 0; i < o.n && !l->json; i++)
		o.events[i].diff = STR_NONE;	/* the verdict was asked for */
	return show_outcome(l, &o);
}

static int
validate(struct command_line *l, struct err *e)
{
	struct target t = { 0 };
	struct patch_batch batch;

	if (batch_read(l, &t, &batch, e) != 0)
		return -1;
	batch.dry_run = true;
	return t.remote ? target_apply(l, &t, &batch, e) :
	    validate_here(l, &t, &batch, e);
}

#define DIALECTS "FILE (- is the standard input) has a PatchBatch (JSON), a unified diff, a\n*** Begin Patch envelope or SEARCH/REPLACE blocks; which, is seen from the text.\n"

const struct command batch_commands[] = {
	{ "apply", BATCH_ARGS, apply, "Apply a file of edits, all or nothing.", DIALECTS "Options win over what the batch says.\n\nExamples:\n  patchctl apply batch.json\n  git diff | patchctl apply - --root ../other\n  patchctl apply answer.txt --dry-run --url https://patches.example", true, NULL },
	{ "validate", BATCH_ARGS, validate, "Tell all faults of a file of edits.", DIALECTS "Nothing is written; exit status 1 when it would be refused.\n\nExample:\n  patchctl validate batch.json", true, NULL },
	{ 0 }
};
