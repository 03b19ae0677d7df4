#include "remote/chat.h"

#include "json/json_writer.h"

/* What is asked for, best first. */
enum form { FORM_SCHEMA, FORM_OBJECT, FORM_PLAIN, FORM__MAX };

struct manner {
	enum form form;
	bool no_temperature;	/* it has its own and takes no other */
	bool old_max;		/* max_tokens, the name of before */
};

/* What worked last, and where. */
static struct {
	uint32_t server;	/* hash of address and model */
	struct manner manner;
} known;

static uint32_t
server_of(const struct chat *c)
{
	uint32_t h = str_hash(str_hash(STR_HASH, c->api.base), str_n("", 1));

	return str_hash(h, c->model);
}

static void
put_form(struct json_writer *w, const struct chat_question *q,
    enum form form)
{
	if (form == FORM_PLAIN)
		return;
	json_key(w, "response_format");
	json_object_open(w);
	json_key(w, "type");
	if (form == FORM_OBJECT) {
		json_put_str(w, STR("json_object"));
	} else {
		json_put_str(w, STR("json_schema"));
		json_key(w, "json_schema");
		json_object_open(w);
		json_key(w, "name");
		json_put_str(w, str(q->name));
		json_key(w, "strict");
		json_put_bool(w, true);
		json_key(w, "schema");
		json_put_raw(w, q->schema);
		json_object_close(w);
	}
	json_object_close(w);
}

static int
question(struct arena *a, const struct chat *c, const struct chat_question *q,
    const struct manner *m, struct str *out, struct err *e)
{
	struct buf body = BUF_INIT(MIB(1));
	struct json_writer w = JSON_WRITER(&body);
	int rc;

	json_object_open(&w);
	json_key(&w, "model");
	json_put_str(&w, c->model);
	json_key(&w, "messages");
	json_array_open(&w);
	for (size_t i = 0; i < q->n; i++) {
		json_object_open(&w);
		json_key(&w, "role");
		json_put_str(&w, str(q->turns[i].role));
		json_key(&w, "content");
		json_put_str(&w, q->turns[i].text);
		json_object_close(&w);
	}
	json_array_close(&w);
	if (!m->no_temperature) {
		json_key(&w, "temperature");
		json_put_int(&w, 0);
	}
	json_key(&w, m->old_max ? "max_tokens" : "max_completion_tokens");
	json_put_int(&w, q->max_tokens);
	json_key(&w, "stream");
	json_put_bool(&w, false);
	put_form(&w, q, m->form);
	json_object_close(&w);
	rc = buf_check(&body, "a question to the language model", e);
	*out = arena_str(a, buf_str(&body));
	buf_free(&body);
	return rc;
}

/* The server refused the question itself: can it be put differently? */
static bool
other_manner(struct manner *m, const struct json_api *api,
    const struct json_answer *got)
{
	struct err why = { 0 };
	struct str says;
	bool had = m->no_temperature && m->old_max;

	if (got->status != 400 && got->status != 404 && got->status != 415 &&
	    got->status != 422 && got->status != 500 && got->status != 501)
		return false;
	json_api_refused(api, got, &why);
	says = str(why.detail);
	if (!had && !m->no_temperature &&
	    str_find(says, STR("temperature")) < says.len) {
		m->no_temperature = true;
		return true;
	}
	if (!m->old_max &&
	    str_find(says, STR("max_completion_tokens")) < says.len) {
		m->old_max = true;
		return true;
	}
	if (m->form + 1 == FORM__MAX)
		return false;
	m->form++;
	return true;
}

static const struct json *
member(const struct json *n, const char *name)
{
	const struct json *v = NULL;

	return json_member(n, name, &v) ? v : NULL;
}

/* What the model said, if it said all of it. */
static int
take(const struct chat *c, struct arena *a, const struct json_answer *got,
    struct str *out, struct err *e)
{
	const struct json *choices = member(json_root(got->doc), "choices");
	const struct json *choice = json_kind(choices) == JSON_ARRAY &&
	    json_count(choices) ? json_item(choices, 0) : NULL;
	const struct json *message = member(choice, "message");
	const struct json *ended = member(choice, "finish_reason");
	const struct json *refusal = member(message, "refusal");
	const struct json *text = member(message, "content");
	struct str why = json_kind(ended) == JSON_STRING ?
	    json_as_str(ended) : STR("");

	if (json_kind(message) != JSON_OBJECT)
		return err_set(e, ERR_UNREACHABLE, "%s answered 200, but not "
		    "as chat completions do (/choices/0/message)", c->api.name);
	if (str_is(why, "length"))
		return err_set(e, ERR_LIMIT_EXCEEDED, "the model's answer was "
		    "cut off at its length");
	if (str_is(why, "content_filter") || (json_kind(refusal) ==
	    JSON_STRING && json_as_str(refusal).len))
		return err_set(e, ERR_INVALID, "the model declined to answer");
	if (json_kind(text) != JSON_STRING || !json_as_str(text).len)
		return err_set(e, ERR_UNREACHABLE, "the model's answer has no "
		    "text");
	if (json_as_str(text).len > CHAT_TEXT_MAX_BYTES)
		return err_set(e, ERR_LIMIT_EXCEEDED, "the model's answer has "
		    "%zu bytes", json_as_str(text).len);
	*out = arena_str(a, json_as_str(text));
	return 0;
}

int
chat_ask(struct chat *c, struct arena *a, const struct chat_question *q,
    struct str *out, struct err *e)
{
	struct manner m = { 0 };
	struct json_answer got;
	struct str body;
	int rc;

	if (known.server == server_of(c))
		m = known.manner;
	for (;;) {
		if (question(a, c, q, &m, &body, e) != 0 ||
		    json_api_ask(&c->api, a, STR("/chat/completions"), body,
		    &got, e) != 0)
			return -1;
		if (got.status == 200 || !other_manner(&m, &c->api, &got))
			break;
		json_doc_free(got.doc);
	}
	if (got.status != 200 || !got.doc) {
		rc = json_api_refused(&c->api, &got, e);
	} else {
		rc = take(c, a, &got, out, e);
		known.server = server_of(c);
		known.manner = m;
	}
	json_doc_free(got.doc);
	return rc;
}

struct str
chat_object(struct str text)
{
	size_t from = 0, to = text.len;

	while (from < to && text.p[from] != '{')
		from++;
	while (to > from && text.p[to - 1] != '}')
		to--;
	return from < to ? str_n(text.p + from, to - from) : STR_NONE;
}
