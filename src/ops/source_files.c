#include "ops/read.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "logs/intake.h"
#include "ops/file_mark.h"

#define CHUNK_BYTES	MIB(4)
#define SNIFF_BYTES	KIB(4)
#define FIRST_BYTES	((int64_t)MIB(16))	/* of a file that is new here */
#define SCAN_BYTES	((int64_t)MIB(256))	/* of one file in one scan */
#define LONG_LINE_BYTES	KIB(64)		/* shown of a line without end */

struct reading {
	struct source_run *r;
	struct line_sink to;
	struct file_marks marks;
	bool seen[FILE_MARKS_MAX];	/* that file is still there */
	struct err why;			/* the first fault; the rest is read */
	struct arena *a;		/* of one chunk */
	struct buf chunk;
	/* The chunk on its way: where it begins, and lines of it so far. */
	const struct file_mark *mark;
	struct str service;
	int64_t lines, now_ms;
};

static void
failed(struct reading *g, const struct err *why)
{
	if (g->why.kind == ERR_NONE)
		g->why = *why;
}

static void
keep(struct reading *g)
{
	read_cursor_set(g->r, &file_marks_contract, &g->marks);
}

static const char *
format_of(const struct log_file *f)
{
	char bytes[SNIFF_BYTES];
	ssize_t n = pread(f->fd, bytes, sizeof(bytes), 0);
	struct str s = str_n(bytes, n > 0 ? (size_t)n : 0);

	while (s.len && (s.p[0] == ' ' || s.p[0] == '\n'))
		s = str_n(s.p + 1, s.len - 1);
	if (str_starts(s, STR("__CURSOR=")) ||
	    str_starts(s, STR("__REALTIME_TIMESTAMP=")))
		return "journal-export";
	if (!str_starts(s, STR("{")))
		return "text";
	return str_find(s, STR("\"__REALTIME_TIMESTAMP\"")) < s.len ?
	    "journal-json" : "ndjson";
}

/* What has neither id nor time gets an id of its place. */
static int
take(void *to, struct log_line *l, struct err *e)
{
	struct reading *g = to;
	const struct file_mark *m = g->mark;
	struct str hash = sha256_hex(g->a, sha256_of(l->message));

	g->lines++;
	if (l->id.len || l->ts != g->now_ms)
		return line_sink_put(&g->to, l, e);
	l->id = arena_fmt(g->a, "%lld:%lld:%lld:%lld:%.16s",
	    (long long)m->dev, (long long)m->ino, (long long)m->offset,
	    (long long)g->lines, hash.p);
	return line_sink_put(&g->to, l, e);
}

/* How much of the chunk is whole: up to the end of a line, or of an entry. */
static size_t
whole(struct str chunk, const char *format)
{
	bool entries = !strcmp(format, "journal-export");

	while (chunk.len && !(chunk.p[chunk.len - 1] == '\n' && (!entries ||
	    (chunk.len > 1 && chunk.p[chunk.len - 2] == '\n'))))
		chunk.len--;
	return chunk.len;
}

static int
hand_on(struct reading *g, struct str text, const char *format,
    struct err *e)
{
	const struct log_line base = { .kind = LINE_WORKER,
	    .level = LINE_INFO, .source = STR("files"),
	    .worker = g->service, .ts = g->now_ms };
	struct intake_request q = { .body = text, .format = str(format),
	    .base = &base, .redactor = g->r->o->redactor, .partial = true,
	    .arena = g->a };
	struct intake_result got = { 0 };

	g->lines = 0;
	if (intake_read(&q, take, g, &got, e) != 0)
		return -1;
	if (got.faults)
		line_sink_bad(&g->to, g->mark->path.p, (size_t)g->mark->offset,
		    got.faults);
	if (got.refused > 1)
		g->to.unread += (int64_t)got.refused - 1;
	return 0;
}

/* A line that does not end within a chunk: its head is all that is read. */
static int
long_line(struct reading *g, struct file_mark *m, struct str chunk,
    const char *format, size_t *used, struct err *e)
{
	*used = chunk.len;
	if (m->within) {
		size_t end = str_find(chunk, str(strcmp(format,
		    "journal-export") ? "\n" : "\n\n"));

		m->within = end == chunk.len;
		while (end < chunk.len && chunk.p[end] == '\n')
			*used = ++end;
		return 0;
	}
	m->within = true;
	line_sink_note(&g->to, "%.*s has a line of more than %zu bytes: its "
	    "end was left out", STR_ARG(m->path), CHUNK_BYTES);
	return strcmp(format, "text") != 0 ? 0 :
	    hand_on(g, str_n(chunk.p, LONG_LINE_BYTES), format, e);
}

/* One chunk; *used 0: the rest has to wait. */
static int
chunk_read(struct reading *g, const struct log_file *f, struct file_mark *m,
    bool last, size_t *used, struct err *e)
{
	const char *format = format_of(f);
	ssize_t n;

	buf_reset(&g->chunk);
	arena_reset(g->a);
	n = pread(f->fd, buf_room(&g->chunk, CHUNK_BYTES), CHUNK_BYTES,
	    (off_t)m->offset);
	if (n < 0)
		return err_sys(e, "cannot read %.*s", STR_ARG(f->path));
	buf_added(&g->chunk, (size_t)n);
	g->mark = m;
	*used = whole(buf_str(&g->chunk), format);
	if (m->within || (*used == 0 && (size_t)n == CHUNK_BYTES))
		return long_line(g, m, buf_str(&g->chunk), format, used, e);
	if (*used < (size_t)n && last && m->offset + n >= f->size)
		*used = (size_t)n;
	return *used ? hand_on(g, str_n(g->chunk.p, *used), format, e) : 0;
}

/* From its mark to its end.  last: nobody will end its last line. */
static int
file_read(struct reading *g, const struct log_file *f, struct file_mark *m,
    bool last, struct err *e)
{
	int64_t from = m->offset;

	while (m->offset < f->size && m->offset - from < SCAN_BYTES) {
		size_t used = 0;

		if (chunk_read(g, f, m, last, &used, e) != 0)
			return -1;
		if (used == 0)
			break;
		if (file_mark_set(g->r->a, m, f, m->offset + (int64_t)used,
		    e) != 0)
			return -1;
		keep(g);
	}
	if (m->offset - from >= SCAN_BYTES && m->offset < f->size)
		line_sink_note(&g->to, "%.*s has %lld bytes more, which the "
		    "next scan reads", STR_ARG(f->path),
		    (long long)(f->size - m->offset));
	return 0;
}

/* The mark that tells of this file, or one that is new. */
static struct file_mark *
mark_of(struct reading *g, const struct log_file *f)
{
	struct file_mark *m = g->marks.rows, *same = NULL;
	bool known = false;

	for (size_t i = 0; i < g->marks.n; i++) {
		enum file_state is = file_mark_fits(g->a, &m[i], f);

		known |= str_eq(m[i].path, f->path);
		if (is == FILE_OTHER)
			continue;
		same = &m[i];
		if (is == FILE_SAME)
			break;
		line_sink_note(&g->to, "%.*s was cut or written anew, and is "
		    "read from its start", STR_ARG(f->path));
		same->offset = 0;
		same->within = false;
	}
	if (same || g->marks.n == FILE_MARKS_MAX)
		return same;
	same = &g->marks.rows[g->marks.n++];
	*same = (struct file_mark){ .offset = 0 };
	if (!known && f->size > FIRST_BYTES) {
		same->offset = f->size - FIRST_BYTES;
		same->within = true;	/* where that is */
		line_sink_note(&g->to, "of %.*s, which is new here, the last "
		    "%lld bytes are read", STR_ARG(f->path),
		    (long long)FIRST_BYTES);
	}
	return same;
}

/* What files were called before: under their new names, which no pattern may
 * have. */
static void
rotated(struct reading *g, size_t old)
{
	for (size_t i = 0; i < old; i++) {
		struct file_mark *m = &g->marks.rows[i];
		struct err why = { 0 };
		struct log_file f;
		int rc = 0;

		if (!g->seen[i])
			rc = log_file_find(g->r->a, m, &f, &why);
		if (rc > 0) {
			g->seen[i] = true;
			m->path = f.path;
			g->service = m->service;
			rc = file_read(g, &f, m, true, &why);
			log_file_close(&f);
		}
		if (rc < 0)
			failed(g, &why);
	}
}

/* What a pattern matches is open at the same time, so that it stays. */
struct match {
	struct log_file f;
	struct file_mark *m;
	struct str service;
};
struct matches {
	struct match *rows;
	size_t n;
};

static int
match_add(struct reading *g, struct matches *to, const char *path,
    struct str service, struct err *e)
{
	struct match *m;
	struct log_file f;
	int rc = log_file_open(arena_cstr(g->r->a, str(path)), &f, e);
	struct file_mark *mark;

	if (rc <= 0)
		return rc;
	mark = mark_of(g, &f);
	if (!mark || g->seen[mark - g->marks.rows]) {
		if (!mark)
			line_sink_note(&g->to, "%s is not read: there are more "
			    "than %d files", path, FILE_MARKS_MAX);
		log_file_close(&f);	/* another pattern has it, too */
		return 0;
	}
	g->seen[mark - g->marks.rows] = true;
	m = &to->rows[to->n++];
	*m = (struct match){ .f = f, .m = mark, .service = service };
	mark->service = service;
	return file_mark_set(g->r->a, mark, &m->f, mark->offset, e);
}

static int
pattern_match(struct reading *g, struct matches *to, struct str service,
    struct str pattern, struct err *e)
{
	glob_t found;

	if (!service.len || !pattern.len || pattern.p[0] != '/')
		return err_set(e, ERR_CONFIG, "PATCHWARDEN_OPS_FILES has "
		    "\"%.*s=%.*s\"; SERVICE=/PATTERN was expected",
		    STR_ARG(service), STR_ARG(pattern));
	switch (glob(arena_cstr(g->r->a, pattern), 0, NULL, &found)) {
	case 0:
		break;
	case GLOB_NOMATCH:
		line_sink_note(&g->to, "no file is called %.*s",
		    STR_ARG(pattern));
		return 0;
	default:
		return err_set(e, ERR_IO, "cannot look for %.*s",
		    STR_ARG(pattern));
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct err why = { 0 };

		if (match_add(g, to, found.gl_pathv[i], service, &why) < 0)
			failed(g, &why);
	}
	globfree(&found);
	return 0;
}

/* Marks of files that are gone do not come back. */
static void
forget(struct reading *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->marks.n; i++)
		if (g->seen[i])
			g->marks.rows[n++] = g->marks.rows[i];
	g->marks.n = n;
	keep(g);
}

static int
files_read(struct reading *g, struct err *e)
{
	struct str rest = g->r->o->g->cfg->ops_files, service, pattern;
	struct matches all = { arena_array_of(g->r->a, struct match,
	    FILE_MARKS_MAX), 0 };
	size_t old = g->marks.n;

	while (config_pair(&rest, &service, &pattern))
		if (pattern_match(g, &all, service, pattern, e) != 0)
			failed(g, e);
	rotated(g, old);
	for (size_t i = 0; i < all.n; i++) {
		struct err why = { 0 };

		g->service = all.rows[i].service;
		if (file_read(g, &all.rows[i].f, all.rows[i].m, false,
		    &why) != 0)
			failed(g, &why);
		log_file_close(&all.rows[i].f);
	}
	if (g->why.kind == ERR_NONE) {
		forget(g);
		return 0;
	}
	*e = g->why;
	return -1;
}

int
read_files(struct source_run *r, struct err *e)
{
	struct reading *g = arena_new_of(r->a, struct reading);
	struct file_mark *rows = arena_array_of(r->a, struct file_mark,
	    FILE_MARKS_MAX);
	int rc;

	*g = (struct reading){ .r = r, .to = read_sink(r), .a = arena_new(),
	    .now_ms = clock_now_ms(),
	    .chunk = BUF_INIT(CHUNK_BYTES + 1) };
	if (read_cursor(r, &file_marks_contract, &g->marks) && g->marks.n)
		memcpy(rows, g->marks.rows, g->marks.n * sizeof(*rows));
	g->marks.rows = rows;
	rc = files_read(g, e);
	line_sink_end(&g->to, "a log file");
	buf_free(&g->chunk);
	arena_free(g->a);
	return rc;
}
