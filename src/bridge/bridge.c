#include "bridge/bridge.h"

#include <stdlib.h>

#include "edit/ops.h"
#include "bridge/region.h"
#include "text/text.h"

#define BATCH_ROWS(S, who, why) \
	F_STR(S, batch.order_id, "orderId", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The customer's order."), \
	F_STR(S, task_id, "taskId", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The task all of it belongs to."), \
	F_STR_PRESET(S, batch.requester, "requester", who, NAME_MAX_BYTES, FMT_NAME, "Who asks."), \
	F_STR_PRESET(S, batch.reason, "reason", why, REASON_MAX_BYTES, FMT_TEXT, "Why."), \
	F_STR_PRESET(S, batch.branch, "branch", "", NAME_MAX_BYTES, FMT_NAME, "The branch this is meant for."), \
	F_STR_PRESET(S, batch.workspace, "workspace", "default", NAME_MAX_BYTES, FMT_NAME, "The tree to edit."), \
	F_STR(S, batch.phase, "phase", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The name of the phase."), \
	F_STR(S, batch.factory, "factory", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The factory, when it is not the requester."), \
	F_STR(S, batch.model, "model", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The model that wrote it."), \
	F_BOOL(S, batch.dry_run, "dryRun", "false", "Tell what would happen; write nothing."), \
	F_BOOL(S, batch.atomic, "atomic", "true", "All or nothing."), \
	F_BOOL(S, batch.validate, "validate", "true", "Run the validators.")

static const struct field bridge_fields[] = {
	PHASE_IMPLEMENTATION_ROWS(struct bridge_request, phase.),
	BATCH_ROWS(struct bridge_request, "factory-agent", "phase-implementation"),
	F_END
};

const struct contract bridge_request_contract = {
	.name = "BridgeRequest", .size = sizeof(struct bridge_request),
	.fields = bridge_fields, .doc = "A PhaseImplementation, and members of "
	    "the PatchBatch that it becomes.",
};

static const struct field review_fields[] = {
	CODE_REVIEW_ROWS(struct review_request, review.),
	F_LIST(struct review_request, fixes, n_fixes, "fixes", 0, 0, BATCH_MAX_PATCHES, &file_output_contract, "Files as they shall be."),
	F_LIST(struct review_request, batch.ops, batch.n_ops, "patches", 0, 0, BATCH_MAX_PATCHES, &patch_op_contract, "Edits, taken over as they are."),
	BATCH_ROWS(struct review_request, "lint-specialist", "code-review-fixes"),
	F_END
};

const struct contract review_request_contract = {
	.name = "ReviewRequest", .size = sizeof(struct review_request),
	.fields = review_fields, .doc = "A CodeReviewOutput with its fixes, "
	    "and members of the PatchBatch that they become.",
};

/* A batch in the making. */
struct bridge {
	struct arena *a;
	struct workspace *ws;
	size_t file_bytes, read_bytes;
	const char *member;		/* "files", "fixes": for faults */
	struct str task_id;
	const struct code_review *review;	/* NULL: there is none */
	struct patch_batch *out;
	size_t ops_cap, base_cap;
};

/* One file on its way. */
struct subject {
	const struct file_output *file;
	size_t index;
	struct str text, sha256;	/* as it is in the workspace */
	bool left_out;			/* the contents had more to say */
	struct str meta;
};

static int
at_file(const struct bridge *b, size_t index, const char *member,
    struct err *e)
{
	return err_at(e, "/%s/%zu/%s", b->member, index, member);
}

static void *
grown(struct arena *a, const void *items, size_t n, size_t *cap, size_t each)
{
	void *more;

	if (n < *cap)
		return NULL;
	*cap = *cap * 2 + 16;
	more = arena_array(a, *cap, each);
	if (n)
		memcpy(more, items, n * each);
	return more;
}

static struct patch_op *
op_add(struct bridge *b, const struct subject *s, enum op_kind kind)
{
	struct patch_batch *out = b->out;
	struct patch_op *op = grown(b->a, out->ops, out->n_ops, &b->ops_cap,
	    sizeof(*op));

	if (op)
		out->ops = op;
	op = &out->ops[out->n_ops++];
	contract_defaults(&patch_op_contract, op);
	op->op = kind;
	op->file = s->file->path;
	op->task_id = b->task_id;
	op->meta = s->meta;
	return op;
}

static void
base_add(struct bridge *b, const struct subject *s)
{
	struct patch_batch *out = b->out;
	struct base_version *v = grown(b->a, out->base, out->n_base,
	    &b->base_cap, sizeof(*v));

	if (v)
		out->base = v;
	out->base[out->n_base++] = (struct base_version){ s->file->path,
	    s->sha256 };
}

static void
put_strs(struct json_writer *w, const char *key, const struct str *s, size_t n)
{
	if (!n)
		return;
	json_key(w, key);
	json_array_open(w);
	for (size_t i = 0; i < n; i++)
		json_put_str(w, s[i]);
	json_array_close(w);
}

/* What is kept of a file in the log. */
static int
meta_make(const struct bridge *b, struct subject *s, const char *rule,
    struct err *e)
{
	struct buf out = BUF_INIT(META_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	const struct code_review *r = b->review;
	int rc;

	json_object_open(&w);
	json_key(&w, "rule");
	json_put_str(&w, str(rule));
	if (s->file->purpose.len) {
		json_key(&w, "purpose");
		json_put_str(&w, s->file->purpose);
	}
	if (s->left_out) {
		json_key(&w, "leftOut");
		json_put_bool(&w, true);
	}
	for (size_t i = 0; r && i < r->n_files; i++)
		if (str_eq(r->files[i].path, s->file->path)) {
			put_strs(&w, "issues", r->files[i].issues,
			    r->files[i].n_issues);
			break;
		}
	json_object_close(&w);
	rc = buf_check(&out, "meta (purpose and issues)", e);
	if (rc != 0)
		at_file(b, s->index, "filePath", e);
	else
		s->meta = arena_str(b->a, buf_str(&out));
	buf_free(&out);
	return rc;
}

static int
regions_replace(struct bridge *b, struct subject *s, const struct region *r,
    size_t n, struct err *e)
{
	if (meta_make(b, s, "marker", e) != 0)
		return -1;
	base_add(b, s);
	for (size_t i = 0; i < n; i++) {
		bool empty = r[i].end < r[i].start;
		struct patch_op *op = op_add(b, s, empty ? OP_INSERT_BEFORE :
		    OP_REPLACE_BLOCK);

		op->block = r[i].body;
		if (empty) {
			op->line = r[i].start;
		} else {
			op->start = r[i].start;
			op->end = r[i].end;
		}
	}
	return 0;
}

static int
whole(struct bridge *b, struct subject *s, enum op_kind kind, const char *rule,
    struct err *e)
{
	struct patch_op *op;

	if (meta_make(b, s, rule, e) != 0)
		return -1;
	op = op_add(b, s, kind);
	op->block = s->file->contents;
	if (kind == OP_WRITE_FILE)
		op->base_sha256 = s->sha256;
	return 0;
}

static int
file_add(struct bridge *b, struct subject *s, struct err *e)
{
	struct region *regions = NULL;
	size_t n = 0;
	int found;

	if (path_check(s->file->path, e) != 0)
		return at_file(b, s->index, "filePath", e);
	if (s->file->format == FORMAT_UNIFIED_DIFF)
		return whole(b, s, OP_UNIFIED_DIFF, "unified-diff", e);
	found = workspace_read(b->ws, b->a, s->file->path, b->file_bytes,
	    &s->text, NULL, NULL, e);
	if (found < 0)
		return at_file(b, s->index, "filePath", e);
	if (found == 0)
		return whole(b, s, OP_CREATE, "create", e);
	b->read_bytes += s->text.len;
	if (b->read_bytes > BATCH_MAX_BYTES) {
		err_set(e, ERR_LIMIT_EXCEEDED, "The files have more than %zu "
		    "bytes together; send fewer at once", BATCH_MAX_BYTES);
		return at_file(b, s->index, "filePath", e);
	}
	s->sha256 = sha256_hex(b->a, sha256_of(s->text));
	if (!text_is_binary(s->text) && !text_is_binary(s->file->contents))
		n = regions_match(b->a, s->text, s->file->contents, &regions,
		    &s->left_out);
	if (n)
		return regions_replace(b, s, regions, n, e);
	return whole(b, s, OP_WRITE_FILE, "write-file", e);
}

static int
by_path(const void *x, const void *y)
{
	const struct file_output *a = *(const struct file_output *const *)x;
	const struct file_output *b = *(const struct file_output *const *)y;
	int c = str_cmp(a->path, b->path);

	return c ? c : (a > b) - (a < b);
}

static int
no_file_twice(const struct bridge *b, const struct file_output *files,
    size_t n, struct err *e)
{
	const struct file_output **sorted = arena_array_of(b->a,
	    const struct file_output *, n + 1);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &files[i];
	qsort(sorted, n, sizeof(*sorted), by_path);
	for (size_t i = 1; i < n; i++) {
		if (!str_eq(sorted[i - 1]->path, sorted[i]->path))
			continue;
		err_set(e, ERR_INVALID, "%.*s is there twice",
		    STR_ARG(sorted[i]->path));
		return at_file(b, (size_t)(sorted[i] - files), "filePath", e);
	}
	return 0;
}

static int
files_add(struct bridge *b, const struct file_output *files, size_t n,
    struct err *e)
{
	if (no_file_twice(b, files, n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct subject s = { .file = &files[i], .index = i };

		if (file_add(b, &s, e) != 0)
			return -1;
		if (b->out->n_ops > BATCH_MAX_PATCHES) {
			err_set(e, ERR_LIMIT_EXCEEDED, "It becomes more than "
			    "%d edits; send fewer at once", BATCH_MAX_PATCHES);
			return at_file(b, i, "filePath", e);
		}
	}
	return 0;
}

/* What is known of the whole, for the log. */
static int
batch_meta(struct bridge *b, const struct phase_implementation *p,
    struct err *e)
{
	struct buf out = BUF_INIT(META_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	const struct code_review *r = b->review;
	int rc;

	json_object_open(&w);
	if (p && p->deployment_needed) {
		json_key(&w, "deploymentNeeded");
		json_put_bool(&w, true);
	}
	if (p)
		put_strs(&w, "commands", p->commands, p->n_commands);
	if (r) {
		put_strs(&w, "dependenciesNotMet", r->dependencies_not_met,
		    r->n_dependencies_not_met);
		put_strs(&w, "frontendIssues", r->frontend_issues,
		    r->n_frontend_issues);
		put_strs(&w, "backendIssues", r->backend_issues,
		    r->n_backend_issues);
		put_strs(&w, "commands", r->commands, r->n_commands);
	}
	json_object_close(&w);
	rc = buf_check(&out, "meta (commands and issues)", e);
	if (rc == 0 && out.len > 2)
		b->out->meta = arena_str(b->a, buf_str(&out));
	buf_free(&out);
	return rc;
}

int
bridge_batch(struct arena *a, struct workspace *ws, size_t file_bytes,
    const struct bridge_request *q, struct patch_batch *out, struct err *e)
{
	struct bridge b = { .a = a, .ws = ws, .file_bytes = file_bytes,
	    .member = "files", .task_id = q->task_id, .out = out };

	*out = q->batch;
	if (batch_meta(&b, &q->phase, e) != 0)
		return err_at(e, "/commands");
	return files_add(&b, q->phase.files, q->phase.n_files, e);
}

static bool
is_edited(const struct patch_batch *b, struct str path)
{
	for (size_t i = 0; i < b->n_ops; i++)
		if (str_eq(b->ops[i].file, path))
			return true;
	return false;
}

int
review_batch(struct arena *a, struct workspace *ws, size_t file_bytes,
    const struct review_request *q, struct patch_batch *out,
    struct str **unfixed, size_t *n_unfixed, struct err *e)
{
	struct bridge b = { .a = a, .ws = ws, .file_bytes = file_bytes,
	    .member = "fixes", .task_id = q->task_id, .review = &q->review,
	    .out = out };
	const struct code_review *r = &q->review;

	*out = q->batch;
	b.ops_cap = out->n_ops;
	*n_unfixed = 0;
	*unfixed = arena_array_of(a, struct str, r->n_files + 1);
	if (!q->n_fixes && !out->n_ops) {
		err_set(e, ERR_INVALID, "A review becomes a batch by its fixes "
		    "(whole files) or patches (edits); it has neither");
		return err_at(e, "/fixes");
	}
	for (size_t i = 0; i < out->n_ops; i++)
		if (!out->ops[i].task_id.p)
			out->ops[i].task_id = q->task_id;
	if (batch_meta(&b, NULL, e) != 0)
		return err_at(e, "/backendIssues");
	if (files_add(&b, q->fixes, q->n_fixes, e) != 0)
		return -1;
	for (size_t i = 0; i < r->n_files; i++)
		if (r->files[i].require_code_changes &&
		    !is_edited(out, r->files[i].path))
			(*unfixed)[(*n_unfixed)++] = r->files[i].path;
	return 0;
}
