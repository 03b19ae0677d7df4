#include "ops_intake.h"

#include "check.h"
#include "json/json_writer.h"
#include "logs/grouper.h"
#include "logs/intake.h"

enum { PIECE_BYTES = 4 << 20 };		/* of one request */

void
ops_as_ndjson(struct buf *out, struct str text)
{
	while (text.len) {
		struct str line = str_cut(&text, '\n');
		struct json_writer w = JSON_WRITER(out);

		json_object_open(&w);
		json_key(&w, "level");
		json_put_str(&w, STR("error"));
		json_key(&w, "worker");
		json_put_str(&w, STR("api"));
		json_key(&w, "message");
		json_put_str(&w, line);
		json_object_close(&w);
		buf_addc(out, '\n');
	}
}

static int
take_none(void *to, struct log_line *line, struct err *e)
{
	(void)to;
	(void)line;
	(void)e;
	return 0;
}

static int
take_group(void *to, struct log_line *line, struct err *e)
{
	struct group_hit hit;

	return grouper_add(to, line, &hit, e);
}

static size_t
read_all(struct str body, intake_take *take, void *to)
{
	const struct log_line base = {
		.kind = LINE_WORKER, .level = LINE_ERROR, .source = STR("push"),
		.worker = STR("api"), .ts = 1
	};
	struct redactor *redactor = redactor_new(NULL, 0);
	struct arena *a = arena_new();
	struct intake_request r = {
		.base = &base, .redactor = redactor, .arena = a
	};
	size_t taken = 0;

	r.format = body.p[0] == '{' ? STR("ndjson") : STR("text");
	while (body.len) {
		struct intake_result got = { 0 };
		struct err e = { 0 };
		size_t n = body.len < PIECE_BYTES ? body.len : PIECE_BYTES;

		while (n > 1 && body.p[n - 1] != '\n')
			n--;
		r.body = str_n(body.p, n);
		body = str_n(body.p + n, body.len - n);
		if (intake_read(&r, take, to, &got, &e) != 0) {
			fprintf(stderr, "%s: %s\n", e.at, e.detail);
			exit(1);
		}
		taken += got.taken;
		arena_reset(a);
	}
	arena_free(a);
	redactor_free(redactor);
	return taken;
}

size_t
ops_intake_only(struct str body)
{
	return read_all(body, take_none, NULL);
}

size_t
ops_intake_group(struct str body)
{
	struct drain *d = drain_new(NULL);
	struct grouper *g = grouper_new(d);
	size_t taken = read_all(body, take_group, g);

	grouper_free(g);
	drain_free(d);
	return taken;
}
