#include "model/producer.h"

#include "base/clock.h"
#include "base/id.h"

/* The union of the three producers' members; which form it is, is decided by
 * what is there. */
struct foreign {
	struct str id, patch_id, patch_id_upstream, event_type, type, status;
	struct str file, file_path, op, task_id, task_id_upstream, diff_path;
	struct str requester, reason, order_id, batch_id, workspace, phase;
	struct str factory, model, branch, code, error, check_out, meta, metadata;
	struct str before_sha256, after_sha256;
	int64_t ts_check_ok, ts_ms, created_ms, lines_added, lines_removed;
	int64_t duration_ms;
};

#define P struct foreign
#define NAME(m, nm, text) F_STR(P, m, nm, 0, 1, NAME_MAX_BYTES, FMT_NAME, text)

static const struct field fields[] = {
	NAME(id, "id", "The producer's id of this event; repeating it changes nothing."),
	NAME(patch_id, "patch_id", "The patch."),
	NAME(patch_id_upstream, "patchId", "The patch, as the upstream spells it."),
	NAME(event_type, "eventType", "PATCH_APPLIED and the like."),
	NAME(type, "type", "patch_applied and the like."),
	NAME(status, "status", "requested, applied, validated, failed or reverted."),
	F_STR(P, file, "file", 0, 1, PATH_MAX_BYTES, FMT_PATH, "The file."),
	F_STR(P, file_path, "file_path", 0, 1, PATH_MAX_BYTES, FMT_PATH, "The file, another spelling."),
	NAME(op, "op", "The operation."),
	NAME(task_id, "task_id", "The task."),
	NAME(task_id_upstream, "taskId", "The task, another spelling."),
	F_STR(P, diff_path, "diff_path", 0, 0, PATH_MAX_BYTES, FMT_NAME, "Where the producer keeps the diff."),
	NAME(requester, "requester", "Who asked for it."),
	F_STR(P, reason, "reason", 0, 0, REASON_MAX_BYTES, FMT_TEXT, "Why."),
	NAME(order_id, "order_id", "The order."),
	NAME(batch_id, "batch_id", "The batch."),
	NAME(workspace, "workspace", "The tree."),
	NAME(phase, "phase", "The phase."),
	NAME(factory, "factory", "The factory."),
	NAME(model, "model", "The model."),
	F_STR(P, branch, "branch", 0, 0, NAME_MAX_BYTES, FMT_NAME, "The branch."),
	NAME(code, "code", "The kind of a failure."),
	F_STR(P, error, "error", 0, 0, REASON_MAX_BYTES, FMT_TEXT, "What failed."),
	F_STR(P, check_out, "ts_check_out", 0, 0, META_MAX_BYTES, FMT_TEXT, "What the check printed; kept in meta."),
	F_RAW(P, meta, "meta", 0, "Free data."),
	F_RAW(P, metadata, "metadata", 0, "Free data, as the upstream spells it."),
	F_STR(P, before_sha256, "before_sha256", 0, 0, 64, FMT_SHA256, "The file before."),
	F_STR(P, after_sha256, "after_sha256", 0, 0, 64, FMT_SHA256, "The file after."),
	F_TRI(P, ts_check_ok, "ts_check_ok", 0, "The check's verdict."),
	F_TIME(P, ts_ms, "ts", 0, "When it happened."),
	F_TIME(P, created_ms, "createdAt", 0, "When it happened, as the upstream spells it."),
	F_INT(P, lines_added, "lines_added", 0, 0, INT64_MAX, -1, "Lines added."),
	F_INT(P, lines_removed, "lines_removed", 0, 0, INT64_MAX, -1, "Lines removed."),
	F_INT(P, duration_ms, "duration_ms", 0, 0, INT64_MAX, -1, "How long it took."),
	F_END
};

const struct contract foreign_contract = {
	.name = "ForeignPatchEvent", .size = sizeof(P), .fields = fields,
	.doc = "A patch event of a patch manager elsewhere.",
};

static struct str
first(struct str a, struct str b)
{
	return a.p ? a : b;
}

/* The type from eventType, type, or what the status says. */
static enum event_type
type_of(const struct foreign *f, struct arena *a)
{
	struct str name = first(f->event_type, f->type);
	enum event_type t;
	char *lower;

	if (!name.p && f->status.p)
		name = arena_fmt(a, "patch_%.*s", STR_ARG(f->status));
	if (!name.p)
		return EVENT_PATCH_APPLIED;
	lower = arena_cstr(a, name);
	for (char *c = lower; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	if (!strcmp(lower, "patch_success") || !strcmp(lower, "patch_ok"))
		return EVENT_PATCH_APPLIED;
	if (!strcmp(lower, "patch_error"))
		return EVENT_PATCH_FAILED;
	t = event_type_of(str(lower));
	return event_is_patch(t) ? t : EVENT_NONE;
}

static const char *
status_of(enum event_type t)
{
	return event_name(t) + strlen("patch_");
}

/* The check's output has no column of its own: it joins meta. */
static struct str
meta_of(const struct foreign *f, struct arena *a)
{
	struct str meta = first(f->meta, f->metadata);
	struct buf out = BUF_INIT(META_MAX_BYTES * 2);
	struct str text;

	if (!f->check_out.p)
		return meta;
	buf_adds(&out, "{\"ts_check_out\":");
	json_quote(&out, f->check_out);
	if (meta.p && meta.len > 2) {
		buf_addc(&out, ',');
		buf_add(&out, str_n(meta.p + 1, meta.len - 1));
	} else {
		buf_addc(&out, '}');
	}
	text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

int
producer_decode(const struct json *n, struct arena *a,
    struct patch_event *out, struct str *client_id, struct err *e)
{
	struct foreign f;
	enum event_type type;

	if (contract_decode(&foreign_contract, n, a, &f, e) != 0)
		return -1;
	contract_defaults(&patch_event_contract, out);
	type = type_of(&f, a);
	if (type == EVENT_NONE) {
		err_set(e, ERR_INVALID, "no type of patch event: use "
		    "patch_requested, patch_applied, patch_validated, "
		    "patch_failed or patch_reverted");
		return err_at(e, f.event_type.p ? "/eventType" :
		    f.type.p ? "/type" : "/status");
	}
	out->patch_id = first(f.patch_id, f.patch_id_upstream);
	if (!out->patch_id.p) {
		err_set(e, ERR_INVALID, "patch_id is required");
		return err_at(e, "/patch_id");
	}
	out->type = type;
	out->status = str(status_of(type));
	out->file = first(f.file, f.file_path);
	out->op = f.op;
	out->task_id = first(f.task_id, f.task_id_upstream);
	out->diff_path = f.diff_path;
	out->requester = f.requester;
	out->reason = f.reason;
	out->order_id = f.order_id;
	out->batch_id = f.batch_id;
	out->workspace = f.workspace;
	out->phase = f.phase;
	out->factory = f.factory;
	out->model = f.model;
	out->branch = f.branch;
	out->code = f.code;
	out->error = f.error;
	out->meta = meta_of(&f, a);
	out->before_sha256 = f.before_sha256;
	out->after_sha256 = f.after_sha256;
	out->ts_check_ok = f.ts_check_ok;
	out->lines_added = f.lines_added;
	out->lines_removed = f.lines_removed;
	out->duration_ms = f.duration_ms;
	out->ts_ms = f.ts_ms >= 0 ? f.ts_ms : f.created_ms;
	*client_id = f.id.p ? f.id : arena_fmt(a, "%.*s/%s/%lld",
	    STR_ARG(out->patch_id), event_name(type), (long long)out->ts_ms);
	if (out->ts_ms < 0)
		out->ts_ms = clock_now_ms();
	return 0;
}

/* The members of a phase message that filters ask for, wherever they stand. */
static struct str
find_text(const struct json *n, const struct json *payload,
    const char *snake, const char *camel, struct arena *a)
{
	const struct json *places[] = { n, payload };
	const char *names[] = { snake, camel };
	const struct json *v;

	for (size_t p = 0; p < 2; p++)
		for (size_t k = 0; k < 2; k++)
			if (places[p] && json_member(places[p], names[k], &v) &&
			    json_kind(v) == JSON_STRING &&
			    json_as_str(v).len <= NAME_MAX_BYTES)
				return arena_str(a, json_as_str(v));
	return STR_NONE;
}

int
phase_decode(const struct json *n, struct arena *a, struct event *out,
    struct err *e)
{
	const struct json *type, *payload = NULL;

	*out = (struct event){ .ts_ms = clock_now_ms() };
	if (json_kind(n) != JSON_OBJECT)
		return err_set(e, ERR_INVALID, "an event must be an object");
	if (!json_member(n, "type", &type) || json_kind(type) != JSON_STRING ||
	    !event_may_be_published(
	    out->type = event_type_of(json_as_str(type)))) {
		err_set(e, ERR_INVALID,
		    "type must be a factory's message, such as phase_generated");
		return err_at(e, "/type");
	}
	if (json_member(n, "payload", &payload) &&
	    json_kind(payload) != JSON_OBJECT) {
		err_set(e, ERR_INVALID, "payload must be an object");
		return err_at(e, "/payload");
	}
	out->order_id = find_text(n, payload, "order_id", "orderId", a);
	out->task_id = find_text(n, payload, "task_id", "taskId", a);
	out->patch_id = find_text(n, payload, "patch_id", "patchId", a);
	out->batch_id = find_text(n, payload, "batch_id", "batchId", a);
	out->requester = find_text(n, payload, "requester", "factory", a);
	out->workspace = find_text(n, payload, "workspace", "workspace", a);
	out->file = find_text(n, payload, "file", "filePath", a);
	/* a flat message is its own payload: nothing of it is lost */
	out->payload = json_text(payload ? payload : n, a);
	if (out->payload.len > EVENT_MAX_BYTES)
		return err_set(e, ERR_LIMIT_EXCEEDED,
		    "an event may have %zu bytes", EVENT_MAX_BYTES);
	return 0;
}

/* A text that is cut keeps whole characters. */
static struct str
cut(struct str s)
{
	if (s.len <= PHASE_SAYS_BYTES)
		return s;
	s.len = PHASE_SAYS_BYTES;
	while (s.len && ((unsigned char)s.p[s.len] & 0xc0) == 0x80)
		s.len--;
	return s;
}

struct str
phase_says(const struct json *n, struct arena *a)
{
	static const char *const names[] = {
		"message", "error", "reason", "phase", "name",
	};
	const struct json *places[] = { NULL, n }, *v, *name;

	if (!json_member(n, "payload", &places[0]) ||
	    json_kind(places[0]) != JSON_OBJECT)
		places[0] = n;
	for (size_t k = 0; k < countof(names); k++)
		for (size_t p = 0; p < 2; p++) {
			if (!json_member(places[p], names[k], &v))
				continue;
			if (json_kind(v) == JSON_OBJECT &&
			    json_member(v, "name", &name))
				v = name;
			if (json_kind(v) == JSON_STRING &&
			    json_as_str(v).len)
				return arena_str(a, cut(json_as_str(v)));
		}
	return STR_NONE;
}
