/* config.h - every setting, its bounds and its default.
 *
 * Taken from the environment, then from one KEY=VALUE file (the same keys; the
 * file may also serve as systemd's EnvironmentFile), then from the defaults.
 * A setting that others name too (GITHUB_OWNER) goes by that name as well; the
 * name with PATCHWARDEN_ before it comes first. */
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
	int ops_level;			/* enum line_level */
	int64_t ops_severity, ops_per_scan, ops_per_day, ops_settle_s;
	struct str severity_rules, ops_label;
	struct str webhook_secret, webhook_secret_old;	/* empty: none */
	/* Where log lines come from; empty: not from there. */
	struct str core_cloudflare_api, core_github_api;
	struct str core_cloudflare_token, core_cloudflare_token_file;
	struct str core_github_token, core_github_token_file;
	struct str cloudflare_api, cloudflare_account;
	struct str cloudflare_token, cloudflare_token_file;
	struct str ops_repos, ops_files;
	bool ops_actions, ops_patches, remote_plain;
	struct str llm_base_url, llm_model, llm_api_key, llm_api_key_file;
	int64_t llm_per_day, llm_per_scan, llm_timeout_s;
	/* Empty: not set. */
	struct str github_owner, github_repo, github_repos, github_api, github_api_version;
	struct str github_token, github_token_file;
	struct str github_app_id, github_app_key_file;
	int64_t github_installation;	/* 0: that of the repository */
	int64_t github_write_gap_ms;
	bool github_plain;
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
