#include "api/files.h"

#include "api/program.h"
#include "base/base64.h"
#include "base/utf8.h"
#include "tree/workspace.h"
#include "govern/recover.h"

struct file_query {
	struct str workspace, lines;
	int64_t first, last;	/* -1: all */
};

static const struct field fields[] = {
	F_STR_PRESET(struct file_query, workspace, "workspace", "default", NAME_MAX_BYTES, FMT_NAME, "The tree."),
	F_STR(struct file_query, lines, "lines", 0, 1, 50, FMT_NAME, "FIRST-LAST, from 1."),
	F_END
};

static const struct contract file_query_contract = {
	.name = "FileQuery", .size = sizeof(struct file_query),
	.fields = fields, .doc = "Which file, which lines.",
};

static int
read_query(struct call *c, struct file_query *q, struct err *e)
{
	struct str rest, first;

	if (contract_query(&file_query_contract, c->req->query, c->arena, q,
	    e) != 0)
		return -1;
	q->first = q->last = -1;
	if (!q->lines.p)
		return 0;
	rest = q->lines;
	first = str_cut(&rest, '-');
	if (!rest.p)
		rest = first;
	if (str_int(first, &q->first) && str_int(rest, &q->last) &&
	    q->first >= 1 && q->last >= q->first)
		return 0;
	err_set(e, ERR_BAD_QUERY, "lines must be FIRST-LAST, from 1");
	return err_at(e, "?lines");
}

/* The bytes of lines first..last; how many lines there are in *n. */
static struct str
span_of(struct str text, int64_t first, int64_t last, int64_t *n)
{
	size_t from = text.len, to = text.len, at = 0;

	*n = 0;
	while (at < text.len) {
		size_t end = at + str_find(str_n(text.p + at, text.len - at),
		    STR("\n"));

		end = end < text.len ? end + 1 : text.len;
		if (++*n == first)
			from = at;
		if (*n == last)
			to = end;
		at = end;
	}
	return str_n(text.p + from, to > from ? to - from : 0);
}

static void
put_content(struct json_writer *w, struct str text, struct arena *a)
{
	if (utf8_check(text) == text.len && !str_has(text, '\0')) {
		json_key(w, "encoding");
		json_put_str(w, STR("utf-8"));
		json_key(w, "content");
		json_put_str(w, text);
		return;
	}
	json_key(w, "encoding");
	json_put_str(w, STR("base64"));
	json_key(w, "content");
	json_put_str(w, base64(a, text));
}

static int
encode(struct call *c, const struct file_query *q, struct str text,
    struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	int64_t lines;
	struct str span = span_of(text, q->first, q->last, &lines);

	if (q->first > 0 && q->last > lines) {
		err_set(e, ERR_OUT_OF_RANGE, "the file has %lld lines",
		    (long long)lines);
		return err_at(e, "?lines");
	}
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "path");
	json_put_str(&w, c->param[0]);
	json_key(&w, "sha256");
	json_put_str(&w, sha256_hex(c->arena, sha256_of(text)));
	json_key(&w, "size");
	json_put_int(&w, (int64_t)text.len);
	json_key(&w, "lines");
	json_put_int(&w, lines);
	if (q->first > 0) {
		json_key(&w, "span");
		json_object_open(&w);
		json_key(&w, "start");
		json_put_int(&w, q->first);
		json_key(&w, "end");
		json_put_int(&w, q->last);
		json_key(&w, "sha256");
		json_put_str(&w, sha256_hex(c->arena, sha256_of(span)));
		json_object_close(&w);
	}
	put_content(&w, q->first > 0 ? span : text, c->arena);
	json_object_close(&w);
	buf_addc(&c->resp->body, '\n');
	return buf_check(&c->resp->body, "the answer", e);
}

int
files_get(struct call *c, struct err *e)
{
	struct file_query q;
	struct held held;
	struct govern *g;
	struct str text;
	int rc;

	if (read_query(c, &q, e) != 0 || path_check(c->param[0], e) != 0 ||
	    program_govern(c, &g, e) != 0)
		return -1;
	rc = held_begin(g, c->arena, q.workspace, FD_LOCK_SHARED, &held, e);
	if (rc == 0)
		rc = workspace_read(held.ws, c->arena, c->param[0],
		    (size_t)g->cfg->file_bytes, &text, NULL, NULL, e);
	else
		rc = -1;
	held_end(&held);
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no file %.*s",
		    (int)(c->param[0].len > 200 ? 200 : c->param[0].len),
		    c->param[0].p);
	return rc < 0 ? -1 : encode(c, &q, text, e);
}
