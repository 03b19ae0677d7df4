#include "local/intent.h"

#include <stdio.h>

#include "base/log.h"
#include "local/queue.h"
#include "local/state.h"
#include "local/trail.h"

#define F struct journal_file
#define TEXT(m) F_STR(F, m, #m, 0, 0, 0, FMT_TEXT, "As in workspace.h.")

static const struct field file_fields[] = {
	F_ENUM(F, action, "action", FIELD_REQUIRED, journal_action_names, JOURNAL_DELETE + 1, NULL, "What the rename does."),
	F_STR(F, path, "path", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_TEXT, "Its target."),
	TEXT(staged),
	TEXT(before_sha256),
	TEXT(after_sha256),
	F_INT(F, mode, "mode", 0, 0, 0777, -1, "As in workspace.h."),
	F_END
};

static const struct contract file_contract = {
	.name = "JournalFile", .size = sizeof(F), .fields = file_fields,
	.doc = "One rename of a batch.",
};

static const struct field intent_fields[] = {
	F_STR(struct intent, batch_id, "batch_id", FIELD_REQUIRED, 1, NAME_MAX_BYTES, FMT_NAME, "The batch."),
	F_LIST(struct intent, files, n_files, "files", FIELD_REQUIRED, 0, BATCH_MAX_PATCHES, &file_contract, "Its renames."),
	F_END
};

static const struct contract intent_contract = {
	.name = "Journal", .size = sizeof(struct intent),
	.fields = intent_fields, .doc = "The batch at hand.",
};

bool
intent_is_open(const struct local *l)
{
	return state_has(l, JOURNAL_NAME);
}

int
intent_write(struct local *l, const struct intent *in, struct err *e)
{
	struct buf text = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&text);
	int rc;

	contract_encode(&intent_contract, in, &w);
	buf_addc(&text, '\n');
	trail_lines(in->events, in->n_events, &text);
	rc = buf_check(&text, "the journal of the batch", e);
	if (rc == 0)
		rc = state_replace(l, JOURNAL_NAME, buf_str(&text), e);
	buf_free(&text);
	return rc;
}

struct patch_event
intent_asked(const struct patch_event *outcome)
{
	struct patch_event p = *outcome;

	p.type = EVENT_PATCH_REQUESTED;
	p.status = STR("requested");
	if (p.duration_ms > 0)
		p.ts_ms -= p.duration_ms;
	p.code = p.error = p.at = p.diff_path = STR_NONE;
	p.current_sha256 = p.current_text = p.diff = STR_NONE;
	p.current_line = 0;
	p.match = p.conflict_patch_id = STR_NONE;
	p.before_sha256 = p.after_sha256 = STR_NONE;
	p.lines_added = p.lines_removed = p.duration_ms = -1;
	p.shift = SHIFT_NONE;
	return p;
}

/* An applied patch of a batch that was undone has failed; a revert that was
 * undone has not happened, and the log says nothing of it. */
static void
turn_undone(struct local *l, struct intent *in, const struct err *why)
{
	size_t kept = 0;

	for (size_t i = 0; i < in->n_events; i++) {
		struct patch_event *p = &in->events[i];

		if (p->type != EVENT_PATCH_FAILED)
			state_remove(l, trail_diff_name(l->a, p), NULL);
		if (p->type == EVENT_PATCH_REVERTED)
			continue;
		if (p->type == EVENT_PATCH_APPLIED) {
			p->type = EVENT_PATCH_FAILED;
			p->status = STR("failed");
			p->code = str(err_row(why->kind)->code);
			p->error = arena_str(l->a, str(why->detail));
			p->after_sha256 = p->before_sha256;
			p->lines_added = p->lines_removed = 0;
			p->diff_path = STR_NONE;
		}
		in->events[kept++] = *p;
	}
	in->n_events = kept;
}

static bool
is_logged(const struct patch_event *log, size_t n, const struct patch_event *p)
{
	for (size_t i = n; i-- > 0;)
		if (log[i].type == p->type &&
		    str_eq(log[i].patch_id, p->patch_id))
			return true;
	return false;
}

/* What the log lacks: a crash may have come between any two lines. */
static int
log_missing(struct local *l, const struct intent *in, struct err *e)
{
	struct patch_event *log, *add;
	size_t n_log, n = 0;

	if (trail_read(l, &log, &n_log, e) != 0)
		return -1;
	add = arena_array_of(l->a, struct patch_event, 2 * in->n_events + 1);
	for (size_t i = 0; i < in->n_events; i++) {
		struct patch_event asked = intent_asked(&in->events[i]);

		if (in->events[i].type != EVENT_PATCH_REVERTED &&
		    !is_logged(log, n_log, &asked))
			add[n++] = asked;
	}
	for (size_t i = 0; i < in->n_events; i++)
		if (!is_logged(log, n_log, &in->events[i]))
			add[n++] = in->events[i];
	return trail_append(l, add, n, e);
}

static int
close_with(struct local *l, const struct intent *in, struct err *e)
{
	if (l->posts && queue_put(l, in->events, in->n_events, e) != 0)
		return -1;
	return state_remove(l, JOURNAL_NAME, e);
}

int
intent_close(struct local *l, struct intent *in, bool done,
    const struct err *why, struct err *e)
{
	if (!done)
		turn_undone(l, in, why);
	if (trail_append(l, in->events, in->n_events, e) != 0)
		return -1;
	return close_with(l, in, e);
}

static int
parse(struct local *l, struct str text, struct intent *in, struct err *e)
{
	struct str first = str_cut(&text, '\n');
	size_t cap = 1;

	if (contract_decode_text(&intent_contract, first, l->a, in, e) != 0)
		return -1;
	for (size_t i = 0; i < text.len; i++)
		cap += text.p[i] == '\n';
	in->events = arena_array_of(l->a, struct patch_event, cap);
	in->n_events = 0;
	while (text.p && text.len)
		if (contract_decode_text(&patch_event_contract,
		    str_cut(&text, '\n'), l->a, &in->events[in->n_events++],
		    e) != 0)
			return -1;
	return 0;
}

int
intent_recover(struct local *l, struct err *e)
{
	struct intent in = { 0 };
	enum recover_result what;
	struct err why = { 0 };
	struct str text;
	int rc = state_read(l, JOURNAL_NAME, &text, e);

	if (rc <= 0)
		return rc;
	if (parse(l, text, &in, &why) != 0)
		return err_set(e, ERR_NOT_READY, LOCAL_FOLDER "/" JOURNAL_NAME
		    " is none of ours (%.300s); look at the tree, then remove "
		    "it", why.detail);
	if (workspace_recover(l->ws, l->a, in.files, in.n_files, &what,
	    e) != 0)
		return -1;
	if (what == RECOVER_UNDONE) {
		err_set(&why, ERR_ROLLED_BACK, "the batch was interrupted; "
		    "its files are as they were before");
		turn_undone(l, &in, &why);
	}
	if (log_missing(l, &in, e) != 0 || close_with(l, &in, e) != 0)
		return -1;
	workspace_clean(l->ws, in.files, in.n_files);
	log_warn("finished an interrupted batch", "batch_id", in.batch_id.p,
	    "result", what == RECOVER_UNDONE ? "undone" : "applied", NULL);
	return 0;
}
