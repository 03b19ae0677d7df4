#include "contract/problem.h"

#define TYPE_BASE "https://patchwarden.dev/errors/"

static void
text(struct json_writer *w, const char *key, const char *value)
{
	json_key(w, key);
	json_put_str(w, str(value));
}

static void
faults(struct json_writer *w, const struct err *e)
{
	json_key(w, "errors");
	json_array_open(w);
	for (; e; e = e->next) {
		json_object_open(w);
		text(w, "code", err_row(e->kind)->code);
		text(w, "at", e->at);
		text(w, "detail", e->detail);
		json_object_close(w);
	}
	json_array_close(w);
}

void
problem_members(struct json_writer *w, const struct err *e,
    struct str request_id)
{
	const struct err_row *row = err_row(e->kind);
	struct buf type = BUF_INIT(256);

	buf_addf(&type, TYPE_BASE "%s", row->code);
	json_key(w, "ok");
	json_put_bool(w, false);
	json_key(w, "type");
	json_put_str(w, buf_str(&type));
	text(w, "title", row->title);
	json_key(w, "status");
	json_put_int(w, err_http(e));
	text(w, "detail", e->detail);
	text(w, "code", row->code);
	text(w, "error", e->detail);
	if (e->at[0])
		text(w, "at", e->at);
	if (row->hint[0])
		text(w, "hint", row->hint);
	json_key(w, "retryable");
	json_put_bool(w, row->retryable);
	if (request_id.p) {
		json_key(w, "request_id");
		json_put_str(w, request_id);
	}
	if (e->next)
		faults(w, e);
	buf_free(&type);
}
