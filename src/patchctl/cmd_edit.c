/* The operations as commands: one for each row of the operation table, its
 * options from the row's fields. */
#include <stdio.h>

#include "edit/ops.h"
#include "patchctl/fields.h"
#include "patchctl/target.h"

#define EDIT_COMMANDS_MAX 32

struct command edit_commands[EDIT_COMMANDS_MAX + 1];

/* Read here, or without meaning for one operation. */
static const char *const elsewhere[] = { "block", "blockFile", NULL };
static const char *const whole_batch[] = { "atomic", "coordinates", NULL };

static const struct { const char *words, *text; } examples[] = {
	{ "replace-block", "patchctl replace-block --file src/a.c --start 3 --end 5 --block-file new.c --task-id T7" },
	{ "insert-before", "patchctl insert-before --file src/a.c --line 1 --block '#include <stdio.h>'" },
	{ "insert-after", "echo 'int n;' | patchctl insert-after --file src/a.c --line 2" },
	{ "append", "patchctl append --file notes.md --block 'One more line.' --open-space" },
	{ "prepend", "patchctl prepend --file notes.md --block '# Notes'" },
	{ "delete-block", "patchctl delete-block --file src/a.c --start 3 --end 5" },
	{ "create", "patchctl create --file bin/run --mode 755 --block-file run.sh" },
	{ "write-file", "patchctl write-file --file src/a.c --base-sha256 SHA256 --block-file a.c" },
	{ "delete-file", "patchctl delete-file --file src/old.c --dry-run" },
	{ "move", "patchctl move --file src/a.c --to src/b.c" },
	{ "search-replace", "patchctl search-replace --file src/a.c --search 'int n;' --replace 'long n;'" },
	{ "unified-diff", "git diff | patchctl unified-diff --root ../other" },
	{ "apply-patch", "patchctl apply-patch --block-file answer.txt" },
};

static const struct variant *
variant_of(const char *words)
{
	const struct variant *v = patch_op_contract.variants;

	while (v->tag && strcmp(v->tag, words) != 0)
		v++;
	return v;
}

static bool
takes_block(const struct variant *v)
{
	for (const struct field *f = v->fields; f->type != FIELD_END; f++)
		if (!strcmp(f->name, "block"))
			return true;
	return false;
}

static void
options_of(struct field_options *o, const struct variant *v,
    struct patch_op *op, struct patch_batch *batch)
{
	field_options_add(o, v->fields, op, elsewhere);
	field_options_add(o, patch_op_contract.fields, op, elsewhere);
	field_options_add(o, patch_batch_contract.fields, batch, whole_batch);
}

/* The file first, as it is said first. */
static struct str
usage_of(struct field_options *o, bool block)
{
	struct buf out = BUF_INIT(KIB(16));
	struct str text;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < o->n; i++) {
			struct str one =
			    field_option_usage(o->a, &o->rows[i]);

			if (!strcmp(o->rows[i].f->name, "file") == (pass == 0))
				buf_addf(&out, "%.*s ", STR_ARG(one));
		}
		if (pass == 0 && block)
			buf_adds(&out, "[--block TEXT | --block-file FILE] ");
	}
	buf_adds(&out, TARGET_ARGS);
	text = arena_str(o->a, buf_str(&out));
	buf_free(&out);
	return text;
}

static void
help_more(const struct command *c)
{
	const struct variant *v = variant_of(c->words);
	struct field_options o = { .a = arena_new() };

	options_of(&o, v, NULL, NULL);
	puts("");
	if (takes_block(v))
		puts("  --block TEXT             The text: whole lines.\n"
		    "  --block-file FILE        A file that holds it. Without "
		    "either it is read\n"
		    "                           from the standard input.");
	for (size_t i = 0; i < o.n; i++)
		field_option_help(&o.rows[i]);
	arena_free(o.a);
	puts("  --root DIR               The tree; else the git work tree "
	    "around, else here.\n"
	    "  --url URL                A server instead; --remote: the one "
	    "of PATCHWARDEN_URL.\n"
	    "  --token-file FILE        Its token; else PATCHWARDEN_TOKEN.\n"
	    "  --json                   Print the answer as JSON.");
	for (size_t i = 0; i < countof(examples); i++)
		if (!strcmp(examples[i].words, c->words))
			printf("\nExample:\n  %s\n", examples[i].text);
}

/* From --block, --block-file or the standard input. */
static int
block_read(struct command_line *l, const char *text, const char *file,
    struct str *out, struct err *e)
{
	if (text && file)
		return err_set(e, ERR_USAGE,
		    "give --block or --block-file, not both");
	if (!text)
		return command_file(l, file ? file : "-", BLOCK_MAX_BYTES,
		    out, e);
	*out = str(text);
	return 0;
}

static int
needed(const struct field_options *o, struct err *e)
{
	for (size_t i = 0; i < o->n; i++)
		if ((o->rows[i].f->flags & FIELD_REQUIRED) &&
		    o->rows[i].f->type != FIELD_BOOL && !o->rows[i].value)
			return err_set(e, ERR_USAGE, "--%s is needed",
			    o->rows[i].name);
	return 0;
}

static int
edit(struct command_line *l, struct err *e)
{
	const struct variant *v = variant_of(l->command->words);
	struct option_row rows[FIELD_OPTIONS_MAX + TARGET_OPTIONS + 2];
	struct field_options o = { .a = l->a };
	const char *block = NULL, *block_file = NULL;
	struct target t = { 0 };
	struct patch_batch batch;
	struct patch_op op;
	size_t n;

	contract_defaults(&patch_op_contract, &op);
	contract_defaults(&patch_batch_contract, &batch);
	op.op = (enum op_kind)v->value;
	batch.ops = &op;
	batch.n_ops = 1;
	options_of(&o, v, &op, &batch);
	n = field_options_rows(&o, rows);
	n += target_rows(&t, rows + n);
	if (takes_block(v)) {
		rows[n++] = (struct option_row){ .name = "block",
		    .value = &block };
		rows[n++] = (struct option_row){ .name = "block-file",
		    .value = &block_file };
	}
	if (command_options(l, rows, n, e) != 0)
		return -1;
	if (l->argc)
		return err_set(e, ERR_USAGE, "%s takes options only; what is "
		    "%.100s?", l->command->words, l->argv[0]);
	if (needed(&o, e) != 0 || field_options_set(&o, e) != 0 ||
	    target_choose(l, &t, e) != 0)
		return -1;
	/* what is looked for instead of a block is said in the options */
	if (takes_block(v) && !op.search.p &&
	    block_read(l, block, block_file, &op.block, e) != 0)
		return -1;
	return target_apply(l, &t, &batch, e);
}

void
edit_commands_make(struct arena *a)
{
	const struct variant *v = patch_op_contract.variants;

	for (size_t i = 0; v->tag && i < EDIT_COMMANDS_MAX; i++, v++) {
		struct field_options o = { .a = a };

		options_of(&o, v, NULL, NULL);
		edit_commands[i] = (struct command){
			.words = v->tag, .run = edit, .doc = v->doc,
			.args = usage_of(&o, takes_block(v)).p,
			.no_config = true, .help_more = help_more,
		};
	}
}
