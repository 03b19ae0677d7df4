#include "ops/say.h"

#include "tracker/outbox.h"

static int
say(struct ops *o, enum outbox_kind kind, const struct ops_issue *i,
    struct str once, struct str body, struct err *e)
{
	struct outbox_row r = { .kind = kind, .issue_id = i->id,
	    .target = i->target, .once = once, .body = body };

	return outbox_add(o->g->db, &r, e);
}

int
say_create(struct ops *o, const struct ops_issue *i, struct str once,
    struct err *e)
{
	return say(o, OUTBOX_CREATE, i, once, STR("{}"), e);
}

int
say_comment(struct ops *o, const struct ops_issue *i, struct str once,
    struct str text, struct err *e)
{
	struct buf body = BUF_INIT(KIB(64));
	struct json_writer w = JSON_WRITER(&body);
	int rc;

	json_object_open(&w);
	json_key(&w, "body");
	json_put_str(&w, text);
	json_object_close(&w);
	rc = say(o, OUTBOX_COMMENT, i, once, buf_str(&body), e);
	buf_free(&body);
	return rc;
}

static void
put_text(struct json_writer *w, const char *key, struct str text)
{
	if (!text.p)
		return;
	json_key(w, key);
	json_put_str(w, text);
}

static void
put_label(struct json_writer *w, const char *key, const char *label)
{
	if (!label)
		return;
	json_key(w, key);
	json_array_open(w);
	json_put_str(w, str(label));
	json_array_close(w);
}

int
say_change(struct ops *o, const struct ops_issue *i, struct str once,
    const struct say_change *c, struct err *e)
{
	struct buf body = BUF_INIT(KIB(4));
	struct json_writer w = JSON_WRITER(&body);
	int rc;

	json_object_open(&w);
	put_text(&w, "state", str(c->state));
	put_text(&w, "state_reason", str(c->reason));
	put_label(&w, "add_labels", c->add);
	put_label(&w, "remove_labels", c->remove);
	put_text(&w, "assignee", c->assignee);
	json_object_close(&w);
	rc = say(o, OUTBOX_UPDATE, i, once, buf_str(&body), e);
	buf_free(&body);
	return rc;
}
