#include "model/event.h"

#include "base/clock.h"
#include "json/json_writer.h"

enum group { PATCH, PHASE, REQUEST, OURS };

const char *const event_names[EVENT__MAX] = {
#define E(NAME, wire, group) [EVENT_##NAME] = wire,
#include "model/event.def"
#undef E
};

static const enum group groups[EVENT__MAX] = {
	[EVENT_NONE] = OURS,
#define E(NAME, wire, group) [EVENT_##NAME] = group,
#include "model/event.def"
#undef E
};

const char *
event_name(enum event_type type)
{
	return type > EVENT_NONE && type < EVENT__MAX ? event_names[type] : "";
}

enum event_type
event_type_of(struct str name)
{
	for (int t = EVENT_NONE + 1; t < EVENT__MAX; t++)
		if (str_is(name, event_names[t]))
			return (enum event_type)t;
	return EVENT_NONE;
}

bool
event_is_patch(enum event_type type)
{
	return type > EVENT_NONE && type < EVENT__MAX &&
	    groups[type] == PATCH;
}

bool
event_may_be_published(enum event_type type)
{
	return type > EVENT_NONE && type < EVENT__MAX &&
	    (groups[type] == PHASE || groups[type] == REQUEST);
}

void
event_encode(struct buf *out, const struct event *ev, struct str epoch)
{
	struct json_writer w = JSON_WRITER(out);
	char ts[CLOCK_TEXT_BYTES];

	json_object_open(&w);
	json_key(&w, "type");
	json_put_str(&w, str(event_name(ev->type)));
	json_key(&w, "payload");
	json_put_raw(&w, ev->payload);
	json_key(&w, "seq");
	json_put_int(&w, ev->seq);
	json_key(&w, "ts");
	json_put_str(&w, clock_write(ev->ts_ms, ts));
	json_key(&w, "epoch");
	json_put_str(&w, epoch);
	json_object_close(&w);
}

void
event_filter_all(struct event_filter *f)
{
	*f = (struct event_filter){ .any_type = true };
}

static int
set_types(struct event_filter *f, struct str value, struct err *e)
{
	f->any_type = false;
	if (value.len == 0)
		return err_set(e, ERR_BAD_QUERY, "type may not be empty");
	while (value.p) {
		struct str name = str_trim(str_cut(&value, ','));
		enum event_type t = event_type_of(name);

		if (t == EVENT_NONE)
			return err_set(e, ERR_BAD_QUERY,
			    "\"%.*s\" is no type of event",
			    (int)(name.len > 80 ? 80 : name.len), name.p);
		f->types[t / 64] |= UINT64_C(1) << (t % 64);
	}
	return 0;
}

int
event_filter_set(struct event_filter *f, struct str name, struct str value,
    struct err *e)
{
	const struct {
		const char *name;
		struct str *to;
	} texts[] = {
		{ "order_id", &f->order_id }, { "task_id", &f->task_id },
		{ "requester", &f->requester }, { "workspace", &f->workspace },
		{ "op", &f->op }, { "file", &f->file },
	};

	if (str_is(name, "type"))
		return set_types(f, value, e);
	for (size_t i = 0; i < countof(texts); i++) {
		if (!str_is(name, texts[i].name))
			continue;
		if (value.len == 0 || value.len > PATH_MAX_BYTES)
			return err_set(e, ERR_BAD_QUERY,
			    "%s must have from 1 to %d bytes", texts[i].name,
			    PATH_MAX_BYTES);
		*texts[i].to = value;
		return 0;
	}
	return 1;
}

#define FILTER_TEXTS 6

static void
texts_of(struct event_filter *f, struct str *out[static FILTER_TEXTS])
{
	struct str *texts[FILTER_TEXTS] = { &f->order_id, &f->task_id,
		&f->requester, &f->workspace, &f->op, &f->file };

	memcpy(out, texts, sizeof(texts));
}

size_t
event_filter_bytes(const struct event_filter *f)
{
	return f->order_id.len + f->task_id.len + f->requester.len +
	    f->workspace.len + f->op.len + f->file.len;
}

struct event_filter
event_filter_copy(const struct event_filter *f, char *to)
{
	struct event_filter own = *f;
	struct str *texts[FILTER_TEXTS];

	texts_of(&own, texts);
	for (size_t i = 0; i < FILTER_TEXTS; i++) {
		if (!texts[i]->len)
			continue;
		memcpy(to, texts[i]->p, texts[i]->len);
		texts[i]->p = to;
		to += texts[i]->len;
	}
	return own;
}

bool
event_filter_same(const struct event_filter *a, const struct event_filter *b)
{
	struct event_filter f = *a, g = *b;
	struct str *x[FILTER_TEXTS], *y[FILTER_TEXTS];

	if (a->any_type != b->any_type ||
	    memcmp(a->types, b->types, sizeof(a->types)) != 0)
		return false;
	texts_of(&f, x);
	texts_of(&g, y);
	for (size_t i = 0; i < FILTER_TEXTS; i++)
		if (!x[i]->p != !y[i]->p || !str_eq(*x[i], *y[i]))
			return false;
	return true;
}

uint32_t
event_filter_hash(const struct event_filter *f)
{
	uint32_t h = str_hash(STR_HASH, str_n((const char *)f->types,
	    sizeof(f->types)));
	struct event_filter g = *f;
	struct str *texts[FILTER_TEXTS];

	texts_of(&g, texts);
	for (size_t i = 0; i < FILTER_TEXTS; i++)
		h = str_hash(str_hash(h, *texts[i]), STR("\n"));
	return h;
}

static bool
same(struct str wanted, struct str has)
{
	return !wanted.p || (has.p && str_eq(wanted, has));
}

bool
event_filter_takes(const struct event_filter *f, const struct event *ev)
{
	if (!f->any_type &&
	    !(f->types[ev->type / 64] >> (ev->type % 64) & 1))
		return false;
	return same(f->order_id, ev->order_id) &&
	    same(f->task_id, ev->task_id) &&
	    same(f->requester, ev->requester) &&
	    same(f->workspace, ev->workspace) && same(f->op, ev->op) &&
	    (!f->file.p || (ev->file.p && str_glob(f->file, ev->file)));
}
