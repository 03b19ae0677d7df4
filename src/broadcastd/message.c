#include "broadcastd/message.h"

#include "base/clock.h"
#include "broadcastd/conn_open.h"
#include "json/json_writer.h"

#define ANSWER_BYTES KIB(4)

static void
begin(struct json_writer *w, const char *type)
{
	json_object_open(w);
	json_key(w, "type");
	json_put_str(w, str(type));
}

static void
put_now(struct json_writer *w)
{
	char ts[CLOCK_TEXT_BYTES];

	json_key(w, "ts");
	json_put_str(w, clock_write(clock_now_ms(), ts));
}

void
message_error(struct buf *out, const struct err *e)
{
	const struct err_row *row = err_row(e->kind);
	struct json_writer w = JSON_WRITER(out);

	begin(&w, "error");
	json_key(&w, "code");
	json_put_str(&w, str(row->code));
	json_key(&w, "detail");
	json_put_str(&w, str(e->detail));
	if (e->at[0]) {
		json_key(&w, "at");
		json_put_str(&w, str(e->at));
	}
	json_key(&w, "retryable");
	json_put_bool(&w, row->retryable);
	json_object_close(&w);
}

void
message_connected(struct buf *out, int64_t head, struct str epoch,
    struct str connection_id)
{
	struct json_writer w = JSON_WRITER(out);

	begin(&w, "connected");
	put_now(&w);
	json_key(&w, "seq");
	json_put_int(&w, head);
	json_key(&w, "epoch");
	json_put_str(&w, epoch);
	json_key(&w, "connection_id");
	json_put_str(&w, connection_id);
	json_object_close(&w);
}

void
message_gap(struct buf *out, int64_t asked, int64_t oldest, struct str epoch)
{
	struct json_writer w = JSON_WRITER(out);

	begin(&w, "gap");
	json_key(&w, "asked");
	json_put_int(&w, asked);
	json_key(&w, "oldest");
	json_put_int(&w, oldest);
	json_key(&w, "epoch");
	json_put_str(&w, epoch);
	json_object_close(&w);
}

/* Only these members, beside type. */
static int
check_members(const struct json *m, const char *allowed, struct err *e)
{
	for (json_each(it, m)) {
		if (str_is(it.key, "type") ||
		    (allowed && str_is(it.key, allowed)))
			continue;
		err_set(e, ERR_UNKNOWN_MEMBER,
		    "the message has a member that nobody knows");
		return err_at(e, "/%.*s",
		    (int)(it.key.len > 80 ? 80 : it.key.len), it.key.p);
	}
	return 0;
}

static int
subscribe(struct conn *c, const struct json *m, struct buf *answer,
    struct err *e)
{
	struct json_writer w = JSON_WRITER(answer);
	struct subscription want;
	const struct json *filter;

	if (check_members(m, "filter", e) != 0)
		return -1;
	if (!json_member(m, "filter", &filter)) {
		err_set(e, ERR_INVALID, "filter is missing");
		return err_at(e, "/filter");
	}
	subscription_begin(&want);
	if (subscription_filter(&want, filter, c->server->arena, e) != 0)
		return -1;
	hub_filter_drop(c->server->hub, c->filter);
	c->filter = hub_filter(c->server->hub, &want.filter);
	subscription_end(&want);
	begin(&w, "subscribed");
	json_key(&w, "seq");	/* the new filter holds for what comes after */
	json_put_int(&w, c->pos);
	json_object_close(&w);
	return 0;
}

static int
ping(struct conn *c, const struct json *m, struct buf *answer, struct err *e)
{
	struct json_writer w = JSON_WRITER(answer);

	(void)c;
	if (check_members(m, NULL, e) != 0)
		return -1;
	begin(&w, "pong");
	put_now(&w);
	json_object_close(&w);
	return 0;
}

/* The first one opens the stream; later ones put a fresh token in the place of
 * one that is about to expire. */
static int
authenticate(struct conn *c, const struct json *m, struct buf *answer,
    struct err *e)
{
	struct json_writer w = JSON_WRITER(answer);
	struct server *s = c->server;
	const struct json *token = NULL;
	char ts[CLOCK_TEXT_BYTES];
	struct grant g;

	if (check_members(m, "token", e) != 0)
		return -1;
	if (!json_member(m, "token", &token) ||
	    json_kind(token) != JSON_STRING) {
		err_set(e, ERR_INVALID, "token must be a string");
		return err_at(e, "/token");
	}
	if (!feed_db(&s->feed))
		return err_set(e, ERR_NOT_READY,
		    "the database cannot be read now");
	if (auth_check(feed_db(&s->feed), s->arena, json_as_str(token), &g,
	    e) != 0)
		return -1;
	if (conn_grant(c, &g, e) != 0)
		return -1;
	if (c->state == CONN_AUTH)
		return conn_start(c, e);
	begin(&w, "authenticated");
	json_key(&w, "expires");
	json_put_str(&w, g.expires_ms < 0 ? STR_NONE :
	    clock_write(g.expires_ms, ts));
	json_object_close(&w);
	return 0;
}

static const struct {
	const char *type;
	bool before_auth;
	int (*run)(struct conn *c, const struct json *m, struct buf *answer,
	    struct err *e);
} rows[] = {
	{ "subscribe", false, subscribe },
	{ "ping", false, ping },
	{ "auth", true, authenticate },
};

static int
dispatch(struct conn *c, const struct json *m, struct buf *answer,
    struct err *e)
{
	const struct json *type;

	if (json_kind(m) != JSON_OBJECT || !json_member(m, "type", &type) ||
	    json_kind(type) != JSON_STRING)
		return err_set(e, ERR_INVALID,
		    "a message is an object with a type");
	for (size_t i = 0; i < countof(rows); i++) {
		if (!str_is(json_as_str(type), rows[i].type))
			continue;
		if (c->state == CONN_AUTH && !rows[i].before_auth)
			break;
		return rows[i].run(c, m, answer, e);
	}
	if (c->state == CONN_AUTH)
		return err_set(e, ERR_UNAUTHORIZED, "the first message must be"
		    " {\"type\":\"auth\",\"token\":\"...\"}");
	return err_set(e, ERR_INVALID,
	    "the type must be subscribe, ping or auth");
}

void
message_take(struct conn *c, struct str text)
{
	struct buf answer = BUF_INIT(ANSWER_BYTES);
	struct json_doc *doc = NULL;
	struct err e = { 0 };

	if (json_parse(text, c->server->arena, &doc, &e) != 0 ||
	    dispatch(c, json_root(doc), &answer, &e) != 0) {
		buf_reset(&answer);
		message_error(&answer, &e);
	}
	if (answer.len)
		conn_put(c, "", buf_str(&answer));
	json_doc_free(doc);
	buf_free(&answer);
}
