#include <errno.h>
#include <unistd.h>

#include "govern/export.h"

#define READ_BYTES KIB(256)
#define END_JSON STR("{\"end\":true")
#define END_CSV STR("#end,")
#define CHAIN_LINE STR("{\"seq\":")

struct checking {
	const char *name;
	struct arena *a, *line_a;	/* of the answer; of one line */
	struct sha256_run *run;
	struct row_hasher *hasher;
	struct export_check *out;
	int64_t lines, rows;
	bool ended, quoted;		/* quoted: within a field of CSV */
	struct str first;		/* the first event, until the end */
	struct sha256 hash;		/* of the line before */
	int64_t seq;
};

static int
line_bad(const struct checking *c, struct err *e, const char *what)
{
	return err_set(e, ERR_EXPORT_BROKEN, "%s: line %lld %s", c->name,
	    (long long)c->lines, what);
}

static int
line_decode(struct checking *c, struct str line, struct event_row *r,
    struct sha256 *kept, struct err *e)
{
	struct event_line l;
	struct err why = { 0 };

	if (contract_decode_text(&event_line_contract, line, c->line_a, &l,
	    &why) != 0)
		return err_set(e, ERR_EXPORT_BROKEN, "%s: line %lld is no"
		    " event: %s %s", c->name, (long long)c->lines, why.detail,
		    why.at);
	*r = (struct event_row){ .seq = l.seq, .ts_ms = l.ts_ms,
	    .text = { l.type, l.payload, l.batch_id, l.patch_id, l.order_id,
	    l.task_id, l.requester, l.workspace, l.file, l.op } };
	sha256_parse(l.hash, kept);
	return 0;
}

/* The first is only checked when the end has told what it is chained to. */
static int
event_check(struct checking *c, struct str line, struct err *e)
{
	struct event_row r;
	struct sha256 kept;

	if (line_decode(c, line, &r, &kept, e) != 0)
		return -1;
	if (c->lines == 1) {
		c->first = arena_str(c->a, line);
	} else if (r.seq != c->seq + 1) {
		return line_bad(c, e, "has not the seq after that of the line"
		    " before");
	} else if (!sha256_eq(kept, event_row_hash(c->hasher, &c->hash, &r,
	    NULL))) {
		return line_bad(c, e, "has a hash that does not fit: it, or"
		    " the hash before it, was altered");
	}
	c->seq = r.seq;
	c->hash = kept;
	return 0;
}

static int
csv_end(struct str line, struct export_end *end, struct arena *a)
{
	struct str rest = line, rows;
	struct sha256 h;

	str_cut(&rest, ',');
	rows = str_cut(&rest, ',');
	*end = (struct export_end){ .end = true, .first_seq = -1,
	    .last_seq = -1 };
	if (!rest.p || !str_int(rows, &end->rows) || !sha256_parse(rest, &h))
		return -1;
	end->sha256 = sha256_hex(a, h);
	return 0;
}

static struct str
hash_spelled(struct checking *c, struct str hex)
{
	struct sha256 h;

	return hex.p && sha256_parse(hex, &h) ? sha256_hex(c->a, h) : hex;
}

/* Exactly as it is written: another spelling of the same would be a byte that
 * was altered and is not found. */
static bool
end_is(struct checking *c, struct str line)
{
	struct export_end end = c->out->end;
	struct buf want = BUF_INIT(KIB(4));
	struct json_writer json = JSON_WRITER(&want);
	bool same;

	end.sha256 = hash_spelled(c, end.sha256);
	end.before_hash = hash_spelled(c, end.before_hash);
	end.last_hash = hash_spelled(c, end.last_hash);
	if (c->out->kind == EXPORT_CSV)
		buf_addf(&want, "#end,%lld,%.*s", (long long)end.rows,
		    STR_ARG(end.sha256));
	else
		contract_encode(&export_end_contract, &end, &json);
	same = str_eq(buf_str(&want), line);
	buf_free(&want);
	return same;
}

static int
end_read(struct checking *c, struct str line, struct err *e)
{
	struct err why = { 0 };

	c->ended = true;
	if (c->out->kind == EXPORT_CSV) {
		if (line.len && line.p[line.len - 1] == '\r')
			line.len--;
		return csv_end(line, &c->out->end, c->a) == 0 &&
		    end_is(c, line) ? 0 :
		    line_bad(c, e, "is no end: #end,ROWS,SHA256");
	}
	if (contract_decode_text(&export_end_contract, line, c->a,
	    &c->out->end, &why) != 0)
		return err_set(e, ERR_EXPORT_BROKEN, "%s: line %lld is no end:"
		    " %s %s", c->name, (long long)c->lines, why.detail, why.at);
	return end_is(c, line) ? 0 : line_bad(c, e, "is not the end as it is"
	    " written: it was altered");
}

static void
kind_find(struct checking *c, struct str line)
{
	c->out->kind = !str_starts(line, STR("{")) ? EXPORT_CSV :
	    str_starts(line, CHAIN_LINE) ? EXPORT_CHAIN : EXPORT_LOG;
}

/* whole: it has its newline, which belongs to it. */
static int
line_take(struct checking *c, struct str line, bool whole, struct err *e)
{
	if (c->ended) {
		c->lines++;
		return line_bad(c, e, "stands behind the end");
	}
	if (c->lines++ == 0)
		kind_find(c, line);
	if (!c->quoted && str_starts(line, c->out->kind == EXPORT_CSV ?
	    END_CSV : END_JSON))
		return whole ? end_read(c, line, e) :
		    line_bad(c, e, "is not whole: it was cut off");
	sha256_run_add(c->run, line);
	if (whole)
		sha256_run_add(c->run, STR("\n"));
	if (c->out->kind == EXPORT_CSV)
		for (size_t i = 0; i < line.len; i++)
			c->quoted ^= line.p[i] == '"';
	c->rows += !c->quoted;
	return c->out->kind == EXPORT_CHAIN ? event_check(c, line, e) : 0;
}

/* Take what is whole in b, keep the rest. */
static int
lines_take(struct checking *c, struct buf *b, struct err *e)
{
	struct str rest = buf_str(b);
	const char *nl;

	while (rest.len && (nl = memchr(rest.p, '\n', rest.len))) {
		size_t n = (size_t)(nl - rest.p);

		if (line_take(c, str_n(rest.p, n), true, e) != 0)
			return -1;
		arena_reset(c->line_a);
		rest = str_n(nl + 1, rest.len - n - 1);
	}
	memmove(b->p, rest.p, rest.len);
	b->len = rest.len;
	return 0;
}

static int
file_read(struct checking *c, int fd, int64_t of,
    const struct chain_progress *p, struct err *e)
{
	struct buf b = BUF_INIT(BODY_MAX_BYTES);
	ssize_t got;
	int rc = -1;

	for (;;) {
		char *room = buf_room(&b, READ_BYTES);

		if (!room) {
			c->lines++;
			line_bad(c, e, "is too long for an event");
			goto out;
		}
		got = read(fd, room, READ_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err_sys(e, "cannot read %s", c->name);
			goto out;
		}
		if (got == 0)
			break;
		buf_added(&b, (size_t)got);
		c->out->bytes += got;
		if (lines_take(c, &b, e) != 0)
			goto out;
		if (p)
			p->tell(p->arg, c->out->bytes, of, c->out->bytes);
	}
	rc = b.len ? line_take(c, buf_str(&b), false, e) : 0;
out:
	buf_free(&b);
	return rc;
}

/* What the end says of the chain: where it begins, and where it ends. */
static int
chain_end_check(struct checking *c, struct err *e)
{
	const struct export_end *end = &c->out->end;
	struct sha256 before, last, kept;
	struct event_row r = { .seq = end->first_seq };

	if (!end->before_hash.p || !end->last_hash.p || end->first_seq < 1 ||
	    end->last_seq < 0)
		return line_bad(c, e, "does not say where the chain begins and"
		    " ends");
	sha256_parse(end->before_hash, &before);
	sha256_parse(end->last_hash, &last);
	if (c->rows == 0)
		return sha256_eq(before, last) &&
		    end->last_seq == end->first_seq - 1 ? 0 :
		    line_bad(c, e, "has another hash behind no events");
	c->lines = 1;
	if (line_decode(c, c->first, &r, &kept, e) != 0)
		return -1;
	if (r.seq != end->first_seq || !sha256_eq(kept,
	    event_row_hash(c->hasher, &before, &r, NULL)))
		return line_bad(c, e, "has a hash that does not fit to what"
		    " the end says was before it");
	c->lines = c->rows + 1;
	if (c->seq != end->last_seq || !sha256_eq(c->hash, last))
		return line_bad(c, e, "does not tell the last event");
	return 0;
}

static int
end_check(struct checking *c, struct err *e)
{
	struct export_end *end = &c->out->end;
	int64_t rows = c->rows;
	struct sha256 want, have = sha256_run_end(c->run);

	if (!c->ended)
		return err_set(e, ERR_EXPORT_BROKEN, "%s has no end behind line"
		    " %lld: it was cut off", c->name, (long long)c->lines);
	/* the names of the columns are no row */
	if (c->out->kind == EXPORT_CSV && rows > 0)
		rows--;
	if (end->rows != rows)
		return err_set(e, ERR_EXPORT_BROKEN, "%s has %lld rows, its end"
		    " says %lld", c->name, (long long)rows,
		    (long long)end->rows);
	if (c->rows == 0 && end->last_hash.p)
		c->out->kind = EXPORT_CHAIN;
	if (c->out->kind == EXPORT_CHAIN && chain_end_check(c, e) != 0)
		return -1;
	if (!sha256_parse(end->sha256, &want) || !sha256_eq(want, have))
		return err_set(e, ERR_EXPORT_BROKEN, "%s has other bytes than"
		    " its end says: it was altered", c->name);
	return 0;
}

int
export_check(int fd, const char *name, int64_t of, struct arena *a,
    const struct chain_progress *p, struct export_check *out, struct err *e)
{
	struct checking c = { .name = name, .a = a, .line_a = arena_new(),
	    .run = sha256_run_new(), .hasher = row_hasher_new(), .out = out };
	int rc;

	*out = (struct export_check){ .kind = EXPORT_LOG };
	rc = file_read(&c, fd, of, p, e);
	if (rc == 0)
		rc = end_check(&c, e);
	row_hasher_free(c.hasher);
	sha256_run_free(c.run);
	arena_free(c.line_a);
	return rc;
}
