#include "local/trail.h"

#include "base/id.h"
#include "local/state.h"

#define LOG_NAME "patch_log.jsonl"

void
trail_lines(const struct patch_event *p, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		struct json_writer w = JSON_WRITER(out);
		struct patch_event kept = p[i];

		kept.seq = -1;
		kept.current_text = kept.diff = STR_NONE;
		kept.current_line = 0;
		contract_encode(&patch_event_contract, &kept, &w);
		buf_addc(out, '\n');
	}
}

int
trail_append(struct local *l, const struct patch_event *p, size_t n,
    struct err *e)
{
	struct buf lines = BUF_INIT(ANSWER_MAX_BYTES);
	int rc = 0;

	trail_lines(p, n, &lines);
	if (buf_check(&lines, "the log of the batch", e) != 0 ||
	    (lines.len && state_append(l, LOG_NAME, buf_str(&lines), e) != 0))
		rc = -1;
	buf_free(&lines);
	return rc;
}

static size_t
line_count(struct str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] == '\n';
	return n;
}

int
trail_read(struct local *l, struct patch_event **out, size_t *n,
    struct err *e)
{
	struct str rest;
	int64_t line = 0;

	*out = NULL;
	*n = 0;
	if (state_read(l, LOG_NAME, &rest, e) < 0)
		return -1;
	*out = arena_array_of(l->a, struct patch_event, line_count(rest));
	while (rest.p) {
		struct str text = str_cut(&rest, '\n');
		struct patch_event *p = &(*out)[*n];

		line++;
		if (!text.len || contract_decode_text(&patch_event_contract,
		    text, l->a, p, &(struct err){ 0 }) != 0 || !p->patch_id.p)
			continue;
		p->seq = line;
		++*n;
	}
	return 0;
}

static bool
equal(struct str wanted, struct str has)
{
	return !wanted.p || (has.p && str_eq(wanted, has));
}

static bool
within(struct str wanted, struct str has)
{
	return has.p && str_find(has, wanted) < has.len + !wanted.len;
}

/* Of one file or of several. */
static bool
is_about(const struct patch_event *p, struct str part)
{
	bool found = within(part, p->file);

	for (size_t i = 0; i < p->n_files; i++)
		found |= within(part, p->files[i]);
	return found;
}

static bool
wants(const struct log_query *q, const struct patch_event *p)
{
	const struct str texts[] = { p->file, p->op, p->requester, p->reason,
	    p->error, p->meta };
	bool found = !q->search.p;

	for (size_t i = 0; i < countof(texts); i++)
		found |= within(q->search, texts[i]);
	return found && equal(q->task_id, p->task_id) &&
	    equal(q->order_id, p->order_id) &&
	    equal(q->requester, p->requester) && equal(q->phase, p->phase) &&
	    equal(q->op, p->op) && equal(q->workspace, p->workspace) &&
	    equal(q->batch_id, p->batch_id) &&
	    equal(q->patch_id, p->patch_id) &&
	    equal(str(log_statuses[q->status]), p->status) &&
	    (q->type == EVENT_NONE || q->type == (int)p->type) &&
	    (!q->file.p || is_about(p, q->file)) &&
	    (q->from_ms < 0 || p->ts_ms >= q->from_ms) &&
	    (q->to_ms < 0 || p->ts_ms < q->to_ms);
}

int
trail_select(struct local *l, const struct log_query *q,
    struct patch_event **out, size_t *n, size_t *total, struct err *e)
{
	struct patch_event *all;
	size_t n_all, kept = 0;

	*n = *total = 0;
	if (trail_read(l, &all, &n_all, e) != 0)
		return -1;
	*out = arena_array_of(l->a, struct patch_event, n_all + 1);
	for (size_t i = 0; i < n_all; i++) {
		size_t k = q->order == LOG_ASC ? i : n_all - 1 - i;

		if (!wants(q, &all[k]))
			continue;
		++*total;
		if (*total > (size_t)q->offset && kept < (size_t)q->limit)
			(*out)[kept++] = all[k];
	}
	*n = kept;
	return 0;
}

static int
none_such(struct str patch_id, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "there is no patch %.*s in "
	    LOCAL_FOLDER "/" LOG_NAME,
	    (int)(patch_id.len < 80 ? patch_id.len : 80), patch_id.p);
}

int
trail_of(struct local *l, struct str patch_id, struct patch_event **out,
    size_t *n, struct err *e)
{
	size_t all;

	if (trail_read(l, out, &all, e) != 0)
		return -1;
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (str_eq((*out)[i].patch_id, patch_id))
			(*out)[(*n)++] = (*out)[i];
	return *n ? 0 : none_such(patch_id, e);
}

static const char *
diff_name(struct arena *a, struct str id)
{
	return arena_fmt(a, "patches/%.*s.diff", STR_ARG(id)).p;
}

const char *
trail_diff_name(struct arena *a, const struct patch_event *p)
{
	return diff_name(a, p->type == EVENT_PATCH_REVERTED ? p->revert_id :
	    p->patch_id);
}

int
trail_diff(struct local *l, struct str patch_id, struct str *out,
    struct err *e)
{
	int rc;

	if (!uuid_valid(patch_id))	/* or it would be any path */
		return none_such(patch_id, e);
	rc = state_read(l, diff_name(l->a, patch_id), out, e);
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no diff of a patch "
		    "%.*s", STR_ARG(patch_id));
	return rc < 0 ? -1 : 0;
}
