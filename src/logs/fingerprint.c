#include "logs/fingerprint.h"

#include "base/buf.h"
#include "json/json_writer.h"

enum { TITLE_BYTES = 120, INPUTS_BYTES = KIB(64) };

/* "test (18, linux)": one defect breaks the job for all values. */
static struct str
job_of(struct str job)
{
	size_t open = str_find(job, STR(" ("));

	if (open && open < job.len && str_ends(job, STR(")")))
		job.len = open;
	return job;
}

static bool
is_build(const struct log_line *l)
{
	return l->kind == LINE_BUILD;
}

void
fingerprint_scope(struct buf *out, const struct log_line *l)
{
	const struct str of[] = {
		l->source, l->worker, l->repo, l->workflow, job_of(l->job),
		l->step
	};
	size_t n = is_build(l) ? countof(of) : 2;

	buf_adds(out, is_build(l) ? "build" : "worker");
	for (size_t i = 0; i < n; i++) {
		if (is_build(l) && i == 1)
			continue;
		buf_addc(out, '\x1f');
		buf_add(out, of[i]);
	}
}

static void
put(struct json_writer *w, const char *key, struct str value)
{
	if (!value.len)
		return;
	json_key(w, key);
	json_put_str(w, value);
}

static void
put_frames(struct json_writer *w, const struct trace *t)
{
	json_key(w, "frames");
	json_array_open(w);
	for (size_t i = 0; i < t->n; i++) {
		struct buf one = BUF_INIT(KIB(8));

		buf_add(&one, t->frames[i].function);
		if (t->frames[i].file.len) {
			buf_addc(&one, '@');
			buf_add(&one, t->frames[i].file);
		}
		json_put_str(w, buf_str(&one));
		buf_free(&one);
	}
	json_array_close(w);
}

/* Keys in order, absent ones left out: one text for one group. */
static void
put_inputs(struct buf *out, const struct log_line *l, const struct trace *t,
    struct str error_type, struct str first)
{
	struct json_writer w = JSON_WRITER(out);

	json_object_open(&w);
	put(&w, "error", error_type);
	if (t)
		put_frames(&w, t);
	if (is_build(l))
		put(&w, "job", job_of(l->job));
	put(&w, "kind", str(line_kinds[is_build(l) ? LINE_BUILD :
	    LINE_WORKER]));
	if (is_build(l))
		put(&w, "repo", l->repo);
	else
		put(&w, "service", l->worker);
	put(&w, "source", l->source);
	if (is_build(l))
		put(&w, "step", l->step);
	if (!t)
		put(&w, "template", first);
	json_key(&w, "v");
	json_put_int(&w, FINGERPRINT_VERSION);
	if (is_build(l))
		put(&w, "workflow", l->workflow);
	json_object_close(&w);
}

/* Cut at a character, with a mark. */
static void
put_cut(struct buf *out, struct str s, size_t max)
{
	if (s.len <= max) {
		buf_add(out, s);
		return;
	}
	max -= 3;
	while (max && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	buf_add(out, str_n(s.p, max));
	buf_adds(out, "…");
}

static struct str
title_of(struct arena *a, struct str error_type, struct str first)
{
	struct buf all = BUF_INIT(KIB(16)), out = BUF_INIT(KIB(1));
	struct str made;

	if (error_type.len && !str_starts(first, error_type)) {
		buf_add(&all, error_type);
		if (first.len)
			buf_adds(&all, ": ");
	}
	buf_add(&all, first);
	put_cut(&out, buf_str(&all), TITLE_BYTES);
	made = arena_str(a, buf_str(&out));
	buf_free(&all);
	buf_free(&out);
	return made;
}

static void
hex_of(char *to, struct sha256 h)
{
	for (size_t i = 0; i < FINGERPRINT_HEX / 2; i++) {
		to[2 * i] = "0123456789abcdef"[h.b[i] >> 4];
		to[2 * i + 1] = "0123456789abcdef"[h.b[i] & 15];
	}
	to[FINGERPRINT_HEX] = '\0';
}

void
fingerprint_of(struct arena *a, const struct log_line *l,
    const struct trace *t, struct str template_first, struct fingerprint *out)
{
	struct buf inputs = BUF_INIT(INPUTS_BYTES);
	struct str type = str_some(l->error_type);

	if (!type.len && t)
		type = str_some(t->error_type);
	put_inputs(&inputs, l, t, type, template_first);
	*out = (struct fingerprint){
		.template = template_first, .error_type = arena_str(a, type)
	};
	out->inputs = arena_str(a, buf_str(&inputs));
	out->title = title_of(a, type, template_first);
	hex_of(out->hex, sha256_of(out->inputs));
	buf_free(&inputs);
}
