/* config.h - every setting, its bounds and its default.
 *
 * Taken from the environment, then from one KEY=VALUE file (the same keys; the
 * file may also serve as systemd's EnvironmentFile), then from the defaults. */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include "contract/contract.h"

struct config {
	struct str database, state_dir, fifo, workspaces, policies, migrations;
	struct str broadcast_socket, broadcast_listen, origins;
	int log_level;			/* enum log_level */
	int synchronous;		/* enum synchronous */
	int64_t busy_ms, body_bytes, file_bytes, open_space_padding;
	int64_t heartbeat_s, lag_bytes, clients_max, ticket_ttl_s, followers;
	int64_t lag_events, clients_per_token;		/* 0: no limit */
	int64_t clients_per_address;			/* the same */
	int64_t retain_log_days, retain_diffs_days, retain_edits_days;
	int64_t retain_reports_days, retain_ops_days;	/* 0: for ever */
	struct str retain_archive;	/* a folder; empty: none */
	bool sandbox, deflate;
	struct str file;		/* which file was read; STR_NONE: none */
};

enum synchronous { SYNC_FULL, SYNC_NORMAL, SYNC__MAX };

enum config_source { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENVIRONMENT };

/* Read it all.  path NULL: PATCHWARDEN_CONFIG, else the installed place (which
 * may be missing).  Unknown keys, values out of bounds and unreadable files are
 * ERR_CONFIG with file and line. Strings live in a. */
int config_load(const char *path, struct arena *a, struct config *c,
    struct err *e);

/* For patchctl config and the manual: row i (NULL after the last), its key
 * (PATCHWARDEN_DATABASE) and where the last config_load() took it from. */
const struct field *config_row(size_t i);
const char *config_key(size_t i);
enum config_source config_source(size_t i);

/* The root of that workspace; ERR_NOT_FOUND when the configuration has none. */
int config_workspace(const struct config *c, struct arena *a, struct str name,
    const char **root, struct err *e);
/* The policy file of that workspace: 1; 0 when it has none. */
int config_policy(const struct config *c, struct arena *a, struct str name,
    const char **file);
/* Cut the next NAME=VALUE off a list of them; false at its end. */
bool config_pair(struct str *list, struct str *name, struct str *value);

#endif
