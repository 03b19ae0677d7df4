#include "validate/job.h"

#include "tree/workspace.h"

void
job_write(const struct job *j, struct buf *out)
{
	wire_put_str(out, j->workspace);
	wire_put_int(out, j->validator);
	wire_put_str(out, j->name);
	wire_put_int(out, j->timeout_ms);
	wire_put_int(out, (int64_t)j->n_files);
	for (size_t i = 0; i < j->n_files; i++) {
		const struct job_file *f = &j->files[i];

		wire_put_str(out, f->path);
		wire_put_int(out, f->exists);
		wire_put_int(out, f->mode);
		wire_put_str(out, f->bytes);
	}
	wire_put_int(out, (int64_t)j->n_args);
	for (size_t i = 0; i < j->n_args; i++)
		wire_put_str(out, j->args[i]);
}

static struct str
read_path(struct wire *w)
{
	struct str path = wire_str(w, PATH_MAX_BYTES);

	if (!w->bad && path_check(path, NULL) != 0)
		w->bad = true;
	return path;
}

bool
job_read(struct str message, struct arena *a, struct job *out)
{
	struct wire w = { .rest = message };

	out->workspace = wire_str(&w, NAME_MAX_BYTES);
	out->validator = wire_int(&w, 0, POLICY_MAX_RULES);
	out->name = wire_str(&w, NAME_MAX_BYTES);
	out->timeout_ms = wire_int(&w, 1, INT32_MAX);
	out->n_files = (size_t)wire_int(&w, 0, BATCH_MAX_PATCHES * 2);
	out->files = arena_array_of(a, struct job_file, out->n_files + 1);
	for (size_t i = 0; i < out->n_files && !w.bad; i++) {
		struct job_file *f = &out->files[i];

		f->path = read_path(&w);
		f->exists = wire_int(&w, 0, 1) != 0;
		f->mode = (unsigned)wire_int(&w, 0, 0777);
		f->bytes = wire_str(&w, BATCH_MAX_BYTES);
	}
	out->n_args = (size_t)wire_int(&w, 0, BATCH_MAX_PATCHES * 2);
	out->args = arena_array_of(a, struct str, out->n_args + 1);
	for (size_t i = 0; i < out->n_args && !w.bad; i++)
		out->args[i] = read_path(&w);
	return wire_all(&w);
}

void
job_result_write(const struct job_result *r, struct buf *out)
{
	wire_put_int(out, r->end);
	wire_put_int(out, r->exit);
	wire_put_str(out, r->output);
	wire_put_int(out, r->output_bytes);
	wire_put_str(out, r->reason);
	wire_put_str(out, r->isolation);
}

bool
job_result_read(struct str message, struct job_result *out)
{
	struct wire w = { .rest = message };

	out->end = (int)wire_int(&w, 0, JOB__MAX - 1);
	out->exit = wire_int(&w, 0, 255);
	out->output = wire_str(&w, VALIDATOR_CAPTURE_BYTES);
	out->output_bytes = wire_int(&w, 0, INT64_MAX);
	out->reason = wire_str(&w, DETAIL_MAX_BYTES);
	out->isolation = wire_str(&w, DETAIL_MAX_BYTES);
	return wire_all(&w);
}
