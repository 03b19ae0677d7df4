#include "model/config.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>

#include "contract/field.h"
#include "model/log_line.h"

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
#define PLACE_OR_NONE(m, nm, text) \
	F_STR_PRESET(C, m, nm, "", 4096, FMT_NAME, text)
#define SECRET(m, nm, text) { .name = nm, .type = FIELD_STR, \
	.flags = FIELD_SECRET, .offset = offsetof(C, m), .preset = "", \
	.max = 4096, .format = FMT_NAME, .doc = text }
#define NUMBER(m, nm, lo, hi, preset, text) \
	F_INT(C, m, nm, 0, lo, hi, preset, text)
#define TEXT(m, nm, flg, pre, text) { .name = nm, .type = FIELD_STR, \
	.flags = flg, .offset = offsetof(C, m), .preset = pre, .max = 4096, \
	.format = FMT_NAME, .doc = text }

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
	F_ENUM(C, ops_level, "OPS_LEVEL", 0, line_levels, LINE_LEVEL__MAX, "warn", "Log lines that are less severe are counted and not kept."),
	NUMBER(ops_severity, "OPS_SEVERITY", 0, 5, 3, "Issues of this severity (1 is the worst) and worse are made on GitHub; 0: none."),
	NUMBER(ops_per_scan, "OPS_PER_SCAN", 0, 1000, 10, "Issues that one scan may make on GitHub; what is more goes under one issue of the day."),
	NUMBER(ops_per_day, "OPS_PER_DAY", 0, 10000, 50, "The same for a day (UTC)."),
	NUMBER(ops_settle_s, "OPS_SETTLE_S", 0, 3600, 60, "Seconds after which GitHub's lists are trusted to have what was made: when an answer was lost, it is looked for three times, that far apart, before it is asked for again."),
	PLACE_OR_NONE(severity_rules, "SEVERITY_RULES", "A file of rules for severities; see patchwarden.ops(7). Empty: the built-in ones."),
	F_STR_PRESET(C, ops_label, "OPS_LABEL", "patchwarden", 50, FMT_NAME, "The label of all issues that are made on GitHub."),
	SECRET(webhook_secret, "GITHUB_WEBHOOK_SECRET", "What GitHub signs its webhooks with."),
	SECRET(webhook_secret_old, "GITHUB_WEBHOOK_SECRET_OLD", "The one before, while it is being replaced."),
	TEXT(core_cloudflare_api, "CORE_CLOUDFLARE_API", FIELD_BARE, "", "The proxy that gives the logs of workers (GET /v1/logs/workers); empty: none; also read as CORE_CLOUDFLARE_API."),
	SECRET(core_cloudflare_token, "CORE_CLOUDFLARE_TOKEN", "Its bearer token; better kept in a file."),
	PLACE_OR_NONE(core_cloudflare_token_file, "CORE_CLOUDFLARE_TOKEN_FILE", "A file with that token, which others than its owner and group may not read."),
	TEXT(core_github_api, "CORE_GITHUB_API", FIELD_BARE, "", "The proxy that gives the logs of builds (GET /v1/actions/runs/logs); empty: none; also read as CORE_GITHUB_API."),
	SECRET(core_github_token, "CORE_GITHUB_TOKEN", "Its bearer token; better kept in a file."),
	PLACE_OR_NONE(core_github_token_file, "CORE_GITHUB_TOKEN_FILE", "A file with that token; the same goes for its mode."),
	F_STR_PRESET(C, cloudflare_api, "CLOUDFLARE_API", "https://api.cloudflare.com/client/v4", 4096, FMT_NAME, "Where Cloudflare's own interface is."),
	F_STR_PRESET(C, cloudflare_account, "CLOUDFLARE_ACCOUNT", "", 32, FMT_NAME, "The account whose Workers' events are read from Workers Observability: 32 hexadecimal digits; empty: none."),
	SECRET(cloudflare_token, "CLOUDFLARE_TOKEN", "An API token with the permission Workers Observability; better kept in a file."),
	PLACE_OR_NONE(cloudflare_token_file, "CLOUDFLARE_TOKEN_FILE", "A file with that token; the same goes for its mode."),
	F_BOOL(C, ops_actions, "OPS_ACTIONS", "true", "Read the logs of failed runs of GitHub Actions when GitHub is configured."),
	F_STR_PRESET(C, ops_repos, "OPS_REPOS", "", KIB(16), FMT_NAME, "Repositories whose runs are read: OWNER/NAME, separated by commas; empty: the one in which issues are filed."),
	F_STR_PRESET(C, ops_files, "OPS_FILES", "", KIB(16), FMT_NAME, "Log files that are read: SERVICE=PATTERN, separated by commas; PATTERN is an absolute path that may have * and ? in it."),
	F_BOOL(C, ops_patches, "OPS_PATCHES", "true", "Take patches that failed here as log lines, too."),
	TEXT(llm_base_url, "LLM_BASE_URL", FIELD_BARE, "", "A server of language models that speaks chat completions, such as http://127.0.0.1:8080/v1; empty: issues are judged by rules alone; also read as LLM_BASE_URL."),
	TEXT(llm_model, "LLM_MODEL", FIELD_BARE, "", "Which of its models is asked; also read as LLM_MODEL."),
	SECRET(llm_api_key, "LLM_API_KEY", "Its bearer token; better kept in a file."),
	PLACE_OR_NONE(llm_api_key_file, "LLM_API_KEY_FILE", "A file with that token; the same goes for its mode."),
	NUMBER(llm_per_day, "LLM_PER_DAY", 0, 100000, 200, "Questions that the model is asked on a day (UTC)."),
	NUMBER(llm_per_scan, "LLM_PER_SCAN", 0, 10000, 20, "The same for one scan; the worst issues come first."),
	NUMBER(llm_timeout_s, "LLM_TIMEOUT_S", 1, 600, 60, "Seconds that one answer may take."),
	F_BOOL(C, remote_plain, "REMOTE_PLAIN", "false", "Also ask proxies and language models on other machines whose address begins with http://, which shows what is said to everybody on the way."),
	TEXT(github_owner, "GITHUB_OWNER", FIELD_BARE, "", "Whose repository issues are filed in; also read as GITHUB_OWNER."),
	TEXT(github_repo, "GITHUB_REPO", FIELD_BARE, "", "Its name, or OWNER/NAME; also read as GITHUB_REPO."),
	TEXT(github_repos, "GITHUB_REPOS", 0, "", "OWNER/NAME of more repositories, separated by commas, whose issues and pull requests the routes of GitHub and the tools may use."),
	TEXT(github_api, "GITHUB_API", 0, "https://api.github.com", "Where GitHub's REST interface is; of an Enterprise server https://HOST/api/v3."),
	TEXT(github_api_version, "GITHUB_API_VERSION", 0, "2022-11-28", "The version of it that is asked for."),
	TEXT(github_token, "GITHUB_TOKEN", FIELD_SECRET, "", "A personal access token; better kept in a file."),
	TEXT(github_token_file, "GITHUB_TOKEN_FILE", 0, "", "A file with a personal access token, which others than its owner and group may not read."),
	TEXT(github_app_id, "GITHUB_APP_ID", 0, "", "In the place of a token: the id or client id of a GitHub App."),
	TEXT(github_app_key_file, "GITHUB_APP_KEY_FILE", 0, "", "The file with the App's private key in PEM; the same goes for its mode."),
	NUMBER(github_installation, "GITHUB_INSTALLATION_ID", 0, INT64_MAX, 0, "Which installation of the App; 0: that of the repository that is asked about."),
	NUMBER(github_write_gap_ms, "GITHUB_WRITE_GAP_MS", 0, 60000, 1000, "The pause between two requests that change something; github.com wants a second."),
	F_BOOL(C, github_plain, "GITHUB_PLAIN", "false", "Also ask a GITHUB_API on another machine that begins with http://, which shows the token to everybody on the way."),
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

/* The row that goes by that name; -1: none. */
static int
find_row(const char *name)
{
	bool ours = str_starts(str(name), STR(PREFIX));
	const char *bare = ours ? name + strlen(PREFIX) : name;

	for (size_t i = 0; config_row(i); i++)
		if (strcmp(bare, rows[i].name) == 0 &&
		    (ours || (rows[i].flags & FIELD_BARE)))
			return (int)i;
	return -1;
}

/* 1: go on, 0: stop with an error (inih's way). */
static int
on_line(void *user, const char *section, const char *name, const char *value)
{
	struct load *l = user;
	int i = section[0] == '\0' ? find_row(name) : -1;

	if (i >= 0)
		return set_row(l, (size_t)i, value, CONFIG_FILE) == 0;
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
		const char *key = config_key(i), *v = getenv(key);

		if (!v && (rows[i].flags & FIELD_BARE))
			v = getenv(key = rows[i].name);
		if (v && set_row(&l, i, v, CONFIG_ENVIRONMENT) != 0)
			return err_at(l.e, "environment %s", key);
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
