#include "patchctl/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "govern/export.h"
#include "json/json_writer.h"
#include "patchctl/progress.h"
#include "store/chain.h"

#define JOBS_MAX 64

/* The database for reading alone: nothing is finished or undone by looking. */
static int
open_for_reading(struct command_line *l, struct db **db, struct err *e)
{
	const struct db_options o = { .mode = DB_RO,
	    .path = arena_cstr(l->a, l->cfg.database),
	    .busy_ms = (int)l->cfg.busy_ms };

	return db_open(&o, false, db, e);
}

static void
put_speed(struct json_writer *w, int64_t bytes, int64_t us)
{
	json_key(w, "bytes");
	json_put_int(w, bytes);
	json_key(w, "seconds");
	json_put_double(w, (double)us / 1e6);
	json_key(w, "mb_per_second");
	json_put_double(w, progress_rate(bytes, us));
}

static void
verdict_tell(struct command_line *l, const struct chain_verdict *v,
    struct str epoch, int64_t us)
{
	struct buf out = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&out);

	if (!l->json) {
		printf("%lld events, the hash chain holds",
		    (long long)v->rows);
		if (v->sealed)
			printf("; %lld more are sealed", (long long)v->sealed);
		printf(" (%.1f MB in %.2f s, %.0f MB/s)\n",
		    (double)v->bytes / 1e6, (double)us / 1e6,
		    progress_rate(v->bytes, us));
		return;
	}
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "events");
	json_put_int(&w, v->rows);
	json_key(&w, "sealed");
	json_put_int(&w, v->sealed);
	json_key(&w, "epoch");
	json_put_str(&w, epoch);
	put_speed(&w, v->bytes, us);
	json_object_close(&w);
	puts(out.p);
	buf_free(&out);
}

static int
jobs_parse(const char *text, unsigned *out, struct err *e)
{
	int64_t n;

	if (!text)
		return 0;
	if (!str_int(str(text), &n) || n < 1 || n > JOBS_MAX)
		return err_set(e, ERR_USAGE, "--jobs takes a number from 1 to"
		    " %d", JOBS_MAX);
	*out = (unsigned)n;
	return 0;
}

static int
verify_database(struct command_line *l, unsigned threads, struct err *e)
{
	struct chain_verdict v = { 0 };
	struct progress shown;
	const struct chain_progress p = { progress_tell, &shown };
	struct db *db = NULL;
	int64_t us;
	int rc;

	if (open_for_reading(l, &db, e) != 0)
		return -1;
	progress_begin(&shown, "events");
	rc = chain_verify(db, threads, &p, &v, e);
	us = progress_end(&shown);
	if (rc == 0 && v.first_bad)
		rc = err_set(e, ERR_CHAIN_BROKEN, "event %lld: %s",
		    (long long)v.first_bad, v.what);
	if (rc == 0)
		verdict_tell(l, &v, db_epoch(db), us);
	db_close(db);
	return rc;
}

/* -- exports -- */

static const char *const kinds[] = {
	[EXPORT_CHAIN] = "chain", [EXPORT_LOG] = "log", [EXPORT_CSV] = "csv",
};

/* What the database says of the export: "same", "gone" (that event is behind a
 * seal); NULL when there is none at hand, and why. */
static int
compare(struct command_line *l, const struct export_end *end,
    const char **said, struct err *why, struct err *e)
{
	struct db *db = NULL;
	int rc;

	*said = NULL;
	if (open_for_reading(l, &db, why) != 0)
		return 0;
	rc = export_compare(db, end, e);
	*said = rc > 0 ? "same" : "gone";
	db_close(db);
	return rc < 0 ? -1 : 0;
}

static void
put_end_members(struct json_writer *w, const struct export_end *end)
{
	json_key(w, "rows");
	json_put_int(w, end->rows);
	json_key(w, "sha256");
	json_put_str(w, end->sha256);
	if (end->last_seq < 0)
		return;
	json_key(w, "first_seq");
	json_put_int(w, end->first_seq);
	json_key(w, "last_seq");
	json_put_int(w, end->last_seq);
	json_key(w, "last_hash");
	json_put_str(w, end->last_hash);
}

static void
export_told(struct command_line *l, const struct export_check *c,
    const char *database, const struct err *why)
{
	struct buf out = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&out);
	const struct export_end *end = &c->end;

	if (l->json) {
		json_object_open(&w);
		json_key(&w, "ok");
		json_put_bool(&w, true);
		json_key(&w, "kind");
		json_put_str(&w, str(kinds[c->kind]));
		put_end_members(&w, end);
		json_key(&w, "bytes");
		json_put_int(&w, c->bytes);
		json_key(&w, "database");
		json_put_str(&w, str(database));
		json_object_close(&w);
		puts(out.p);
		buf_free(&out);
		return;
	}
	if (c->kind != EXPORT_CHAIN) {
		printf("%lld rows of the log, all of them\n",
		    (long long)end->rows);
		return;
	}
	printf("%lld events, %lld to %lld, all of them, chained\n",
	    (long long)end->rows, (long long)end->first_seq,
	    (long long)end->last_seq);
	if (!database)
		printf("not compared with a database: %s\n", why->detail);
	else
		puts(!strcmp(database, "same") ? "the database has the same" :
		    "the database does not keep the last of them any more");
}

static int
verify_export(struct command_line *l, const char *name, struct err *e)
{
	bool in = !strcmp(name, "-");
	int fd = in ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	struct export_check c;
	struct progress shown;
	const struct chain_progress p = { progress_tell, &shown };
	const char *database = NULL;
	struct err why = { 0 };
	struct stat st;
	int rc;

	if (fd < 0)
		return err_sys(e, "cannot open %s", name);
	if (fstat(fd, &st) != 0)
		st.st_size = 0;
	progress_begin(&shown, "bytes");
	rc = export_check(fd, in ? "the standard input" : name, st.st_size,
	    l->a, &p, &c, e);
	progress_end(&shown);
	if (!in)
		close(fd);
	if (rc == 0 && c.kind == EXPORT_CHAIN)
		rc = compare(l, &c.end, &database, &why, e);
	if (rc == 0)
		export_told(l, &c, database, &why);
	return rc;
}

static int
verify(struct command_line *l, struct err *e)
{
	const char *jobs = NULL, *export = NULL;
	const struct option_row options[] = {
		{ .name = "jobs", .value = &jobs },
		{ .name = "export", .value = &export },
	};
	unsigned threads = 0;

	if (command_options(l, options, countof(options), e) != 0 ||
	    jobs_parse(jobs, &threads, e) != 0)
		return -1;
	if (l->argc)
		return err_set(e, ERR_USAGE, "db verify takes no argument;"
		    " a file is given with --export");
	return export ? verify_export(l, export, e) :
	    verify_database(l, threads, e);
}

static int
seq_parse(const char *name, const char *text, int64_t *out, struct err *e)
{
	*out = 0;
	if (text && (!str_int(str(text), out) || *out < 1))
		return err_set(e, ERR_USAGE, "%s takes the seq of an event,"
		    " from 1", name);
	return 0;
}

/* Beside the file that it becomes when it is whole; what is no file (a pipe) is
 * written at once. */
static int
output_open(struct arena *a, const char *name, const char **part,
    struct err *e)
{
	struct stat st;
	int fd;

	*part = NULL;
	if (!strcmp(name, "-"))
		return STDOUT_FILENO;
	if (stat(name, &st) == 0 && !S_ISREG(st.st_mode)) {
		fd = open(name, O_WRONLY | O_CLOEXEC);
	} else {
		*part = arena_fmt(a, "%s.part", name).p;
		fd = open(*part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
		    O_NOFOLLOW, 0660);
	}
	return fd < 0 ? err_sys(e, "cannot write %s", *part ? *part : name) :
	    fd;
}

static int
output_close(int fd, const char *name, const char *part, int rc,
    struct err *e)
{
	if (fd < 0 || fd == STDOUT_FILENO)
		return rc;
	if (rc == 0 && part && (fsync(fd) != 0 || rename(part, name) != 0))
		rc = err_sys(e, "cannot write %s", name);
	if (close(fd) != 0 && rc == 0)
		rc = err_sys(e, "cannot write %s", name);
	if (rc != 0 && part)
		unlink(part);
	return rc;
}

/* Nothing, when the export itself went to the standard output. */
static void
export_written(struct command_line *l, const struct export_end *end,
    int64_t bytes, int64_t us, bool on_stdout)
{
	struct buf out = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&out);

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	put_end_members(&w, end);
	put_speed(&w, bytes, us);
	json_object_close(&w);
	if (l->json && !on_stdout)
		puts(out.p);
	else if (!on_stdout)
		printf("%lld events, %lld to %lld\n", (long long)end->rows,
		    (long long)end->first_seq, (long long)end->last_seq);
	buf_free(&out);
}

static int
export(struct command_line *l, struct err *e)
{
	const char *from = NULL, *to = NULL, *output = "-", *part;
	const struct option_row options[] = {
		{ .name = "from-seq", .value = &from },
		{ .name = "to-seq", .value = &to },
		{ .name = "output", .value = &output },
	};
	struct progress shown;
	const struct chain_progress p = { progress_tell, &shown };
	struct export_end end;
	struct db *db = NULL;
	int64_t first, last, bytes = 0, us;
	int fd, rc;

	if (command_options(l, options, countof(options), e) != 0 ||
	    seq_parse("--from-seq", from, &first, e) != 0 ||
	    seq_parse("--to-seq", to, &last, e) != 0)
		return -1;
	if (l->argc)
		return err_set(e, ERR_USAGE, "db export takes no argument; a"
		    " file is given with --output");
	if (open_for_reading(l, &db, e) != 0)
		return -1;
	fd = output_open(l->a, output, &part, e);
	progress_begin(&shown, "events");
	rc = fd < 0 ? -1 : export_write(db, first, last, fd, l->a, &p, &end,
	    &bytes, e);
	us = progress_end(&shown);
	db_close(db);
	rc = output_close(fd, output, part, rc, e);
	if (rc == 0)
		export_written(l, &end, bytes, us, fd == STDOUT_FILENO);
	return rc;
}

const struct command chain_commands[] = {
	{ "db verify", "[--jobs N] [--export FILE|-] [--json]", verify, "Walk the hash chain of the event stream, or check an export.", "Exit status 1 and the first bad event when it does not hold.\nN threads look at a piece each; without it one for each processor.\nAn export of the chain or of the log is checked without the database; that the\ndatabase has the same is said when there is one.", false, NULL },
	{ "db export", "[--from-seq N] [--to-seq N] [--output FILE|-] [--json]", export, "Write the event stream as lines that can be checked without the database.", "Each event is checked before it is written; patchctl db verify --export FILE\nchecks the file.", false, NULL },
	{ 0 }
};
