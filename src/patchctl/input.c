#include "patchctl/input.h"

#include "dialect/fences.h"
#include "edit/ops.h"

/* "<<<<<<< SEARCH", as fences.h has it. */
static bool
opens_fence(struct str line)
{
	size_t n = 0;

	while (n < line.len && line.p[n] == '<')
		n++;
	return n >= 5 && n <= 9 &&
	    str_starts(str_n(line.p + n, line.len - n), STR(" SEARCH"));
}

enum input_kind
input_kind_of(struct str text)
{
	struct str start = text;
	bool diff = false;

	while (start.len && (start.p[0] == ' ' || start.p[0] == '\t' ||
	    start.p[0] == '\n' || start.p[0] == '\r'))
		start = str_n(start.p + 1, start.len - 1);
	if (start.len && start.p[0] == '{')
		return INPUT_BATCH;
	while (text.p) {
		struct str line = str_cut(&text, '\n');

		if (str_starts(str_trim(line), STR("*** Begin Patch")))
			return INPUT_ENVELOPE;
		if (opens_fence(line))
			return INPUT_FENCES;
		diff |= str_starts(line, STR("diff --git ")) ||
		    str_starts(line, STR("--- ")) ||
		    str_starts(line, STR("@@ -"));
		if (diff)
			return INPUT_DIFF;
	}
	return INPUT_UNKNOWN;
}

/* A batch of n operations of that kind, with the defaults. */
static struct patch_op *
start(struct arena *a, enum op_kind kind, size_t n, struct patch_batch *out)
{
	contract_defaults(&patch_batch_contract, out);
	out->ops = arena_array_of(a, struct patch_op, n);
	out->n_ops = n;
	for (size_t i = 0; i < n; i++) {
		contract_defaults(&patch_op_contract, &out->ops[i]);
		out->ops[i].op = kind;
	}
	return out->ops;
}

/* Each fence is looked for in what the ones before it left. */
static int
from_fences(struct arena *a, struct str text, struct patch_batch *out,
    struct err *e)
{
	struct patch_op *ops;
	struct fence *fences;
	size_t n;

	if (fences_read(a, text, &fences, &n, e) != 0)
		return -1;
	ops = start(a, OP_SEARCH_REPLACE, n, out);
	out->coordinates = COORD_SEQUENTIAL;
	for (size_t i = 0; i < n; i++) {
		if (!fences[i].path.p)
			return err_set(e, ERR_BAD_PATCH, "line %zu: no line "
			    "before the SEARCH names the file",
			    fences[i].at);
		ops[i].file = fences[i].path;
		if (!fences[i].search.len) {	/* nothing there: a new file */
			ops[i].op = OP_CREATE;
			ops[i].block = fences[i].replace;
		} else {
			ops[i].search = fences[i].search;
			ops[i].replace = fences[i].replace;
		}
	}
	return 0;
}

int
input_read(struct arena *a, struct str text, struct patch_batch *out,
    struct err *e)
{
	switch (input_kind_of(text)) {
	case INPUT_BATCH:
		return contract_decode_text(&patch_batch_contract, text, a,
		    out, e);
	case INPUT_FENCES:
		return from_fences(a, text, out, e);
	case INPUT_ENVELOPE:
		start(a, OP_APPLY_PATCH, 1, out)->block = text;
		return 0;
	case INPUT_DIFF:
		start(a, OP_UNIFIED_DIFF, 1, out)->block = text;
		return 0;
	case INPUT_UNKNOWN:
		break;
	}
	return err_set(e, ERR_BAD_PATCH, "this is no PatchBatch (JSON), no "
	    "unified diff, no *** Begin Patch and no SEARCH/REPLACE block");
}
