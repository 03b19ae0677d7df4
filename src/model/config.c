#include "model/config.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>

#include "contract/field.h"

#define PREFIX "PATCHWARDEN_"
#ifndef LOCALSTATEDIR
#define LOCALSTATEDIR "/var"
#endif
#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif
#ifndef PKGDATADIR
#define PKGDATADIR "/usr/share/patchwarden"
#endif
#ifndef RUNSTATEDIR
#define RUNSTATEDIR "/run"
#endif

static const char *const levels[] = { "error", "warn", "info", "debug" };
static const char *const syncs[] = { "full", "normal" };

#define C struct config
#define PLACE(m, nm, preset, text) \
	F_STR_PRESET(C, m, nm, preset, 4096, FMT_PATH, text)
#define NUMBER(m, nm, lo, hi, preset, text) \
	F_INT(C, m, nm, 0, lo, hi, preset, text)

static const struct field rows[] = {
	PLACE(database, "DATABASE", LOCALSTATEDIR "/lib/patchwarden/patchwarden.db", "The SQLite file; its folder must be writable."),
	PLACE(state_dir, "STATE_DIR", LOCALSTATEDIR "/lib/patchwarden", "Lock files are kept here, and copies of trees for validators where the kernel needs them."),
	PLACE(fifo, "FIFO", RUNSTATEDIR "/patchwarden/bell", "The FIFO that rings the broadcast daemon."),
	F_STR_PRESET(C, workspaces, "WORKSPACES", "", KIB(64), FMT_NAME, "The trees that may be edited: NAME=DIR, separated by commas; the name default is used when a batch names none."),
	F_STR_PRESET(C, policies, "POLICIES", "", KIB(64), FMT_NAME, "The policies of workspaces: NAME=FILE, separated by commas; see patchwarden.policy(5)."),
	PLACE(migrations, "MIGRATIONS", PKGDATADIR "/migrations", "Where the migrations are."),
	F_ENUM(C, synchronous, "SYNCHRONOUS", 0, syncs, SYNC__MAX, "full", "full: an answer means on disk. normal: a power cut may lose the last batches from the log."),
	NUMBER(busy_ms, "BUSY_MS", 0, 600000, 5000, "How long to wait for a lock before answering 503."),
	NUMBER(body_bytes, "BODY_BYTES", 1024, BODY_MAX_BYTES, BODY_DEFAULT_BYTES, "The largest request body; 413 above."),
	NUMBER(file_bytes, "FILE_BYTES", 1024, FILE_MAX_BYTES, FILE_DEFAULT_BYTES, "The largest file that may be edited."),
	NUMBER(open_space_padding, "OPEN_SPACE_PADDING", 0, OPEN_SPACE_MAX_LINES, 3, "Blank lines that openSpace leaves behind a block."),
	F_ENUM(C, log_level, "LOG_LEVEL", 0, levels, 4, "info", "What is logged to the standard error."),
	F_BOOL(C, sandbox, "SANDBOX", "true", "Confine the programs with Landlock when the kernel has it."),
	PLACE(broadcast_socket, "BROADCAST_SOCKET", RUNSTATEDIR "/patchwarden/broadcast.sock", "The Unix socket on which the web server reaches the broadcast daemon."),
	F_STR_PRESET(C, broadcast_listen, "BROADCAST_LISTEN", "", 256, FMT_NAME, "ADDRESS:PORT on which the broadcast daemon listens as well; empty: it does not."),
	F_STR_PRESET(C, origins, "ORIGINS", "", 4096, FMT_NAME, "Browser origins that may subscribe, separated by commas; those of the same host always may."),
	F_BOOL(C, deflate, "DEFLATE", "true", "Compress what is sent to WebSocket clients that offer permessage-deflate; each event once for all of them."),
	NUMBER(heartbeat_s, "HEARTBEAT_S", 1, 3600, 20, "Seconds between the heartbeats of a stream."),
	NUMBER(lag_bytes, "LAG_BYTES", 65536, MIB(256), LAG_DEFAULT_BYTES, "Bytes of events kept in memory for slow subscribers; who is further behind is served from the table."),
	NUMBER(lag_events, "LAG_EVENTS", 0, LAG_MAX_EVENTS, 100000, "A subscriber that was up to date and falls so many events behind is closed, with the position from which to go on; 0: it is not."),
	NUMBER(clients_max, "CLIENTS_MAX", 1, CLIENTS_MAX, 10000, "Subscribers at the same time; 503 above."),
	NUMBER(clients_per_token, "CLIENTS_PER_TOKEN", 0, CLIENTS_MAX, 0, "Subscribers at the same time with one token; 429 above; 0: no limit of its own."),
	NUMBER(clients_per_address, "CLIENTS_PER_ADDRESS", 0, CLIENTS_MAX, 0, "The same for one address; behind a web server it is the last one in X-Forwarded-For."),
	NUMBER(ticket_ttl_s, "TICKET_TTL", 5, TICKET_TTL_MAX_S, 30, "Seconds after which a ticket (POST /api/stream/tickets) opens no stream any more."),
	NUMBER(followers, "FOLLOWERS", 0, 1000, 1, "Clients that may follow the log at the same time (GET /api/patches/logs?follow=1): each keeps one logs.fcgi busy."),
	NUMBER(retain_log_days, "RETAIN_LOG_DAYS", 0, 36500, 0, "Events older than that are removed by patchctl db retain, and with them the log, the messages of factories and the batches; 0: kept for ever. Statistics stay."),
	NUMBER(retain_diffs_days, "RETAIN_DIFFS_DAYS", 0, 36500, 0, "The same for the diffs of patches."),
	NUMBER(retain_edits_days, "RETAIN_EDITS_DAYS", 0, 36500, 0, "The same for versions of files: what is older can be neither carried forward nor taken back."),
	NUMBER(retain_reports_days, "RETAIN_REPORTS_DAYS", 0, 36500, 0, "The same for delivery reports that newer ones of their order have replaced."),
	NUMBER(retain_ops_days, "RETAIN_OPS_DAYS", 0, 36500, 0, "The same for lines of worker and build logs."),
	F_STR_PRESET(C, retain_archive, "RETAIN_ARCHIVE", "", 4096, FMT_NAME, "A folder into which events are exported before they are removed; empty: they are not."),
	F_END
};

static const struct contract config_contract = {
	.name = "Config", .size = sizeof(C), .fields = rows,
	.doc = "The settings of Patchwarden.",
};

static enum config_source sources[countof(rows)];

const struct field *
config_row(size_t i)
{
	return i + 1 < countof(rows) ? &rows[i] : NULL;
}

const char *
config_key(size_t i)
{
	static char key[64];

	snprintf(key, sizeof(key), PREFIX "%s", rows[i].name);
	return key;
}

enum config_source
config_source(size_t i)
{
	return sources[i];
}

/* What inih's callback needs to know. */
struct load {
	struct arena *a;
	struct config *c;
	struct err *e;
	const char *path;
};

static int
set_row(struct load *l, size_t i, const char *value, enum config_source from)
{
	if (field_from_text(&rows[i], str(value), l->a, l->c, l->e) != 0) {
		if (l->e)
			l->e->kind = ERR_CONFIG;
		return -1;
	}
	sources[i] = from;
	return 0;
}

/* 1: go on, 0: stop with an error (inih's way). */
static int
on_line(void *user, const char *section, const char *name, const char *value)
{
	struct load *l = user;

	if (section[0] == '\0' && str_starts(str(name), STR(PREFIX))) {
		for (size_t i = 0; config_row(i); i++) {
			if (strcmp(name + strlen(PREFIX), rows[i].name) != 0)
				continue;
			return set_row(l, i, value, CONFIG_FILE) == 0;
		}
	}
	/* The file may serve other programs, but a key of ours is never lost */
	if (section[0] == '\0' && !str_starts(str(name), STR(PREFIX)))
		return 1;
	err_set(l->e, ERR_CONFIG, "there is no setting %s", name);
	return 0;
}

static int
load_file(struct load *l, bool must_exist)
{
	FILE *f = fopen(l->path, "re");
	int rc;

	if (!f) {
		if (errno == ENOENT && !must_exist)
			return 0;
		err_sys(l->e, "cannot read the configuration %s", l->path);
		if (l->e)
			l->e->kind = ERR_CONFIG;
		return -1;
	}
	l->e->kind = ERR_NONE;
	rc = ini_parse_file(f, on_line, l);
	fclose(f);
	if (rc != 0) {		/* the line of the first fault */
		if (l->e->kind == ERR_NONE)
			err_set(l->e, ERR_CONFIG, "KEY=VALUE was expected");
		return err_at(l->e, "%s:%d", l->path, rc);
	}
	l->c->file = arena_str(l->a, str(l->path));
	return 0;
}

/* A policy that is meant for nobody protects nobody. */
static int
policies_check(const struct config *c, struct arena *a, struct err *e)
{
	struct str rest = c->policies, name, file, seen;
	const char *root;

	while (config_pair(&rest, &name, &file)) {
		struct str before = str_n(c->policies.p,
		    (size_t)(name.p - c->policies.p));

		if (name.len == 0 || file.len == 0 || file.p[0] != '/')
			return err_set(e, ERR_CONFIG, PREFIX "POLICIES has "
			    "\"%.*s\"; NAME=/FILE was expected",
			    STR_ARG(name));
		if (config_workspace(c, a, name, &root, NULL) != 0)
			return err_set(e, ERR_CONFIG, PREFIX "POLICIES names "
			    "the workspace \"%.*s\", which " PREFIX
			    "WORKSPACES does not have", STR_ARG(name));
		while (config_pair(&before, &seen, &file))
			if (str_eq(seen, name))
				return err_set(e, ERR_CONFIG, PREFIX "POLICIES "
				    "names the workspace \"%.*s\" twice",
				    STR_ARG(name));
	}
	return 0;
}

int
config_load(const char *path, struct arena *a, struct config *c,
    struct err *e)
{
	struct err local = { 0 };
	struct load l = { a, c, e ? e : &local, path };

	contract_defaults(&config_contract, c);
	for (size_t i = 0; config_row(i); i++)
		sources[i] = CONFIG_DEFAULT;
	if (!l.path)
		l.path = getenv(PREFIX "CONFIG");
	if (l.path && l.path[0]) {
		if (load_file(&l, true) != 0)
			return -1;
	} else {
		l.path = SYSCONFDIR "/patchwarden/patchwarden.conf";
		if (load_file(&l, false) != 0)
			return -1;
	}
	for (size_t i = 0; config_row(i); i++) {
		const char *v = getenv(config_key(i));

		if (v && set_row(&l, i, v, CONFIG_ENVIRONMENT) != 0)
			return err_at(l.e, "environment %s", config_key(i));
	}
	return policies_check(c, a, l.e);
}

bool
config_pair(struct str *list, struct str *name, struct str *value)
{
	while (list->p) {
		*value = str_trim(str_cut(list, ','));
		if (value->len == 0)
			continue;
		*name = str_trim(str_cut(value, '='));
		*value = str_trim(*value);
		return true;
	}
	return false;
}

int
config_workspace(const struct config *c, struct arena *a, struct str name,
    const char **root, struct err *e)
{
	struct str rest = c->workspaces, key, dir;

	while (config_pair(&rest, &key, &dir)) {
		if (str_eq(key, name) && dir.len && dir.p[0] == '/') {
			*root = arena_cstr(a, dir);
			return 0;
		}
	}
	return err_set(e, ERR_NOT_FOUND, "there is no workspace \"%.*s\"; "
	    "PATCHWARDEN_WORKSPACES names them as NAME=/DIR",
	    (int)(name.len > 80 ? 80 : name.len), name.p);
}

int
config_policy(const struct config *c, struct arena *a, struct str name,
    const char **file)
{
	struct str rest = c->policies, key, value;

	while (config_pair(&rest, &key, &value)) {
		if (str_eq(key, name)) {
			*file = arena_cstr(a, value);
			return 1;
		}
	}
	return 0;
}
