#include "base/id.h"
#include "patchctl/fields.h"
#include "patchctl/show.h"
#include "patchctl/target.h"

int
remote_ask(struct command_line *l, const struct target *t,
    const struct remote_call *call, struct https_answer *out, struct err *e)
{
	struct https *h = https_new();
	struct https_request r = {
		.method = call->method,
		.url = arena_fmt(l->a, "%.*s%.*s", STR_ARG(t->url),
		    STR_ARG(call->path)),
		.token = t->token,
		.accept = call->lines ? STR("application/x-ndjson") : STR_NONE,
		.idempotency_key = call->changes ? uuid7(l->a) : STR_NONE,
		.body = call->body,
		.answer_max = ANSWER_MAX_BYTES,
		.on_line = call->lines ? call->on_line : NULL,
		.to = call->to,
	};
	int rc = https_send(h, l->a, &r, out, e);

	https_free(h);
	if (rc == 0 && out->status >= 300 && out->status < 400)
		return err_set(e, ERR_UNREACHABLE, "%.*s answered %d; give "
		    "the address it leads to", STR_ARG(t->url), out->status);
	return rc;
}

int
remote_get(struct command_line *l, const struct target *t,
    const struct remote_call *call, struct https_answer *out, struct err *e)
{
	if (remote_ask(l, t, call, out, e) != 0)
		return -1;
	return out->status < 300 ? 0 : show_problem(l, out, e);
}

struct str
remote_escape(struct arena *a, struct str s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~";
	struct buf out = BUF_INIT(QUERY_MAX_BYTES);
	struct str text;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] && strchr(plain, s.p[i]))
			buf_addc(&out, s.p[i]);
		else
			buf_addf(&out, "%%%02X", (unsigned char)s.p[i]);
	}
	text = out.len ? arena_str(a, buf_str(&out)) : STR("");
	buf_free(&out);
	return text;
}

struct str
remote_patch(struct arena *a, struct str id, const char *what)
{
	return arena_fmt(a, "/api/patches/%.*s%s",
	    STR_ARG(remote_escape(a, id)), what);
}

struct str
remote_query(struct arena *a, const char *route, const struct field_options *o)
{
	struct str text = str(route);
	char sep = '?';

	for (size_t i = 0; i < o->n; i++) {
		struct str value = str(o->rows[i].value);

		if (!value.p)
			continue;
		value = remote_escape(a, value);
		text = arena_fmt(a, "%.*s%c%s=%.*s", STR_ARG(text), sep,
		    o->rows[i].f->name, STR_ARG(value));
		sep = '&';
	}
	return text;
}
