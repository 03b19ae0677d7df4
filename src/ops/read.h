/* read.h - the sources of source_rows[], one function each; and what they
 * share.  Only inside of ops/. */
#ifndef OPS_READ_H
#define OPS_READ_H

#include "ops/source.h"
#include "remote/json_api.h"
#include "remote/lines.h"

int read_core_cloudflare(struct source_run *r, struct err *e);
int read_core_github(struct source_run *r, struct err *e);
int read_cloudflare(struct source_run *r, struct err *e);
int read_actions(struct source_run *r, struct err *e);
int read_files(struct source_run *r, struct err *e);
int read_patches(struct source_run *r, struct err *e);

bool actions_configured(const struct config *c);

/* A sink whose lines go to ingest, and notes to the scan's. */
struct line_sink read_sink(struct source_run *r);

/* The cursor as that contract has it: false when there is none, or it is of
 * another program's making; *out has the defaults then. */
bool read_cursor(const struct source_run *r, const struct contract *c,
    void *out);
void read_cursor_set(struct source_run *r, const struct contract *c,
    const void *in);

/* A server and its token, from the settings; ERR_CONFIG.  key names the
 * token's setting. */
struct read_server {
	const char *name, *key;
	struct str base, token, token_file;
};
int read_server_open(const struct config *c, struct arena *a,
    const struct read_server *s, struct json_api *out, struct err *e);

#endif
