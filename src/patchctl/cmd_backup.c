#include "patchctl/command.h"

#include <stdio.h>

#include "govern/backup.h"
#include "json/json_writer.h"
#include "patchctl/progress.h"

static void
put_done(struct json_writer *w, const char *file,
    const struct backup_done *done)
{
	json_object_open(w);
	json_key(w, "ok");
	json_put_bool(w, true);
	json_key(w, "file");
	json_put_str(w, str(file));
	json_key(w, "bytes");
	json_put_int(w, done->bytes);
	json_key(w, "last_seq");
	json_put_int(w, done->seq);
	json_key(w, "last_hash");
	json_put_str(w, done->hash);
	if (done->epoch.p) {
		json_key(w, "epoch");
		json_put_str(w, done->epoch);
		json_key(w, "kept");
		json_put_str(w, done->aside);
		json_key(w, "migrated");
		json_put_bool(w, done->migrated);
		json_key(w, "note");
		json_put_str(w, done->note);
	}
	json_object_close(w);
}

static void
done_json(const char *file, const struct backup_done *done)
{
	struct buf out = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&out);

	put_done(&w, file, done);
	puts(out.p);
	buf_free(&out);
}

static int
backup(struct command_line *l, struct err *e)
{
	bool force = false;
	const struct option_row options[] = {
		{ .name = "force", .flag = &force },
	};
	struct progress shown;
	const struct chain_progress p = { progress_tell, &shown };
	const struct backup_told told = { &p, NULL };
	struct backup_done done;
	const char *file;
	int64_t us;
	int rc;

	if (command_options(l, options, countof(options), e) != 0 ||
	    command_argument(l, "the name of the backup", &file, e) != 0)
		return -1;
	progress_begin(&shown, "pages");
	rc = backup_make(&l->cfg, l->a, file, force, &told, &done, e);
	us = progress_end(&shown);
	if (rc != 0)
		return -1;
	if (l->json)
		done_json(file, &done);
	else
		printf("%s: %.1f MB, up to event %lld, checked (%.2f s)\n",
		    file, (double)done.bytes / 1e6, (long long)done.seq,
		    (double)us / 1e6);
	return 0;
}

static int
restore(struct command_line *l, struct err *e)
{
	bool no_verify = false;
	const struct option_row options[] = {
		{ .name = "no-verify", .flag = &no_verify },
	};
	struct progress pages, events;
	const struct chain_progress copy = { progress_tell, &pages };
	const struct chain_progress check = { progress_tell, &events };
	const struct backup_told told = { &copy, &check };
	struct backup_done done;
	const char *file;
	int rc;

	if (command_options(l, options, countof(options), e) != 0 ||
	    command_argument(l, "the name of a backup", &file, e) != 0)
		return -1;
	progress_begin(&pages, "pages");
	progress_begin(&events, "events");
	rc = backup_restore(&l->cfg, l->a, file, !no_verify, &told, &done, e);
	progress_end(&events);
	progress_end(&pages);
	if (rc != 0)
		return -1;
	if (l->json) {
		done_json(file, &done);
		return 0;
	}
	printf("the database is %s now, up to event %lld, with epoch %.*s\n",
	    file, (long long)done.seq, STR_ARG(done.epoch));
	if (done.aside.p)
		printf("the one of before is %.*s\n", STR_ARG(done.aside));
	if (done.note.p)
		fprintf(stderr, "patchctl: %.*s\n", STR_ARG(done.note));
	return 0;
}

const struct command backup_commands[] = {
	{ "db backup", "FILE [--force] [--json]", backup, "Copy the database into one file while everything runs.", "The copy is checked before it gets its name; --force replaces a file.", false, NULL },
	{ "db restore", "FILE [--no-verify] [--json]", restore, "Put a backup in the place of the database.", "Programs that run go on with it; the database of before is kept beside it.\nThe chain of the backup is walked first, unless --no-verify says otherwise.", false, NULL },
	{ 0 }
};
