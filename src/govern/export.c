#include "govern/export.h"

#include "base/fd.h"
#include "store/event_store.h"

#define FLUSH_BYTES KIB(256)
#define TELL_ROWS 1000

struct writing {
	struct buf out;
	struct sha256_run *run;
	struct arena *a;	/* for one line */
	const struct chain_progress *p;
	int fd;
	int64_t rows, of, bytes;
};

static int
flush(struct writing *w, struct err *e)
{
	if (buf_check(&w->out, "an event", e) != 0)
		return -1;
	if (fd_write_all(w->fd, buf_str(&w->out)) != 0)
		return err_sys(e, "cannot write the export");
	w->bytes += (int64_t)w->out.len;
	buf_reset(&w->out);
	return 0;
}

static int
put_row(void *arg, const struct event_row *r, struct err *e)
{
	struct writing *w = arg;
	struct json_writer json = JSON_WRITER(&w->out);
	struct sha256 hash;
	struct event_line line = { .seq = r->seq, .ts_ms = r->ts_ms,
	    .type = r->text[EVENT_TYPE], .payload = r->text[EVENT_PAYLOAD],
	    .batch_id = r->text[EVENT_BATCH], .patch_id = r->text[EVENT_PATCH],
	    .order_id = r->text[EVENT_ORDER], .task_id = r->text[EVENT_TASK],
	    .requester = r->text[EVENT_REQUESTER],
	    .workspace = r->text[EVENT_WORKSPACE], .file = r->text[EVENT_FILE],
	    .op = r->text[EVENT_OP] };
	size_t from = w->out.len;

	memcpy(hash.b, r->hash.p, sizeof(hash.b));
	line.hash = sha256_hex(w->a, hash);
	contract_encode(&event_line_contract, &line, &json);
	buf_addc(&w->out, '\n');
	sha256_run_add(w->run, str_n(w->out.p + from, w->out.len - from));
	arena_reset(w->a);
	if (w->p && ++w->rows % TELL_ROWS == 0)
		w->p->tell(w->p->arg, w->rows, w->of, w->bytes);
	return w->out.len < FLUSH_BYTES ? 0 : flush(w, e);
}

static int
put_end(struct writing *w, struct arena *a, const struct chain_span *s,
    struct export_end *end, struct err *e)
{
	struct json_writer json = JSON_WRITER(&w->out);

	*end = (struct export_end){
		.end = true, .rows = s->last - s->first + 1,
		.first_seq = s->first, .last_seq = s->last,
		.sha256 = sha256_hex(a, sha256_run_end(w->run)),
		.before_hash = sha256_hex(a, s->before),
		.last_hash = sha256_hex(a, s->last_hash),
	};
	contract_encode(&export_end_contract, end, &json);
	buf_addc(&w->out, '\n');
	return flush(w, e);
}

int
export_write(struct db *db, int64_t from, int64_t to, int fd,
    struct arena *a, const struct chain_progress *p, struct export_end *end,
    int64_t *bytes, struct err *e)
{
	struct writing w = { .fd = fd, .p = p, .out = BUF_INIT(ANSWER_MAX_BYTES) };
	struct chain_span span;
	int64_t oldest, newest;
	int rc = -1;

	if (db_read_begin(db, e) != 0)
		return -1;
	w.a = arena_new();
	w.run = sha256_run_new();
	if (chain_bounds(db, &oldest, &newest, e) != 0)
		goto out;
	w.of = (to ? to : newest) - (from ? from : oldest) + 1;
	if (chain_read(db, from, to, put_row, &w, &span, e) != 0 ||
	    put_end(&w, a, &span, end, e) != 0)
		goto out;
	*bytes = w.bytes;
	rc = 0;
out:
	db_read_end(db);
	sha256_run_free(w.run);
	arena_free(w.a);
	buf_free(&w.out);
	return rc;
}

int
export_compare(struct db *db, const struct export_end *end, struct err *e)
{
	struct sha256 have, want;
	int64_t head;
	int rc;

	if (db_read_begin(db, e) != 0)
		return -1;
	rc = event_store_head(db, &head, e);
	if (rc == 0)
		rc = chain_hash(db, end->last_seq, &have, e);
	db_read_end(db);
	if (rc < 0)
		return -1;
	if (end->last_seq > head)
		return err_set(e, ERR_EXPORT_BROKEN, "the export goes to event"
		    " %lld, the database to %lld: it was restored since, or is"
		    " another one", (long long)end->last_seq, (long long)head);
	if (rc > 0 && (!sha256_parse(end->last_hash, &want) ||
	    !sha256_eq(have, want)))
		return err_set(e, ERR_EXPORT_BROKEN, "the database has another"
		    " event %lld than the export", (long long)end->last_seq);
	return rc;
}
