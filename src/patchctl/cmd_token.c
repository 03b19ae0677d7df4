#include "patchctl/command.h"

#include <stdio.h>

#include "base/clock.h"
#include "govern/access.h"
#include "json/json_writer.h"

static void
encode(struct json_writer *w, struct arena *a, const struct token *t)
{
	json_key(w, "id");
	json_put_str(w, t->id);
	json_key(w, "name");
	json_put_str(w, t->name);
	json_key(w, "scopes");
	json_put_str(w, t->scopes);
	json_key(w, "created_at");
	json_put_str(w, clock_text(a, t->created_ms));
	json_key(w, "expires_at");
	json_put_str(w, t->expires_ms < 0 ? STR_NONE :
	    clock_text(a, t->expires_ms));
	json_key(w, "revoked_at");
	json_put_str(w, t->revoked_ms < 0 ? STR_NONE :
	    clock_text(a, t->revoked_ms));
}

/* "90d", "12h", "30m", "45s", or a date: when it ends; -1 when neither. */
static int64_t
expiry(struct str s)
{
	static const struct { char unit; int64_t ms; } units[] = {
		{ 'd', 86400000 }, { 'h', 3600000 }, { 'm', 60000 },
		{ 's', 1000 },
	};
	int64_t n;

	for (size_t i = 0; s.len && i < countof(units); i++)
		if (s.p[s.len - 1] == units[i].unit &&
		    str_int(str_n(s.p, s.len - 1), &n) && n >= 0 && n < 100000)
			return clock_now_ms() + n * units[i].ms;
	return clock_parse(s, &n) ? n : -1;
}

static int
new_token(struct command_line *l, struct err *e)
{
	const char *name = NULL, *scopes = NULL, *expires = NULL;
	const struct option_row options[] = {
		{ .name = "name", .value = &name },
		{ .name = "scopes", .value = &scopes },
		{ .name = "expires", .value = &expires },
	};
	struct buf out = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&out);
	struct govern g;
	struct token t;
	struct str text;
	int64_t until = -1;
	int rc;

	if (command_options(l, options, countof(options), e) != 0)
		return -1;
	if (!name || !scopes)
		return err_set(e, ERR_USAGE, "--name and --scopes are needed");
	if (expires && (until = expiry(str(expires))) < 0)
		return err_set(e, ERR_USAGE,
		    "--expires takes 90d, 12h, 30m, 45s or a date");
	rc = command_govern(l, &g, e);
	if (rc == 0)
		rc = access_new(&g, l->a, str(name), str(scopes), until, &t,
		    &text, e);
	if (rc == 0 && l->json) {
		json_object_open(&w);
		json_key(&w, "ok");
		json_put_bool(&w, true);
		json_key(&w, "token");
		json_put_str(&w, text);
		encode(&w, l->a, &t);
		json_object_close(&w);
		puts(out.p);
	} else if (rc == 0) {
		puts(text.p);
	}
	buf_free(&out);
	govern_close(&g);
	return rc;
}

static const char *
state_of(const struct token *t)
{
	if (t->revoked_ms >= 0)
		return "revoked";
	return t->expires_ms >= 0 && t->expires_ms <= clock_now_ms() ?
	    "expired" : "valid";
}

static int
list(struct command_line *l, struct err *e)
{
	struct buf out = BUF_INIT(BODY_DEFAULT_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct govern g;
	struct token *t;
	size_t n = 0;
	int rc;

	if (command_options(l, NULL, 0, e) != 0)
		return -1;
	rc = command_govern(l, &g, e);
	if (rc == 0)
		rc = token_list(g.db, l->a, &t, &n, e);
	json_object_open(&w);
	json_key(&w, "tokens");
	json_array_open(&w);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		json_object_open(&w);
		encode(&w, l->a, &t[i]);
		json_object_close(&w);
		if (!l->json)
			printf("%.*s  %-8s %s  %-20.*s %.*s\n",
			    STR_ARG(t[i].id), state_of(&t[i]),
			    clock_text(l->a, t[i].created_ms).p,
			    STR_ARG(t[i].name), STR_ARG(t[i].scopes));
	}
	json_array_close(&w);
	json_object_close(&w);
	if (rc == 0 && l->json)
		puts(out.p);
	buf_free(&out);
	govern_close(&g);
	return rc;
}

static int
revoke(struct command_line *l, struct err *e)
{
	struct govern g;
	int rc;

	if (command_options(l, NULL, 0, e) != 0)
		return -1;
	if (l->argc != 1)
		return err_set(e, ERR_USAGE, "the id of one token is needed");
	rc = command_govern(l, &g, e);
	if (rc == 0)
		rc = db_begin(g.db, e);
	if (rc == 0 && token_revoke(g.db, str(l->argv[0]), e) != 0) {
		db_rollback(g.db);
		rc = -1;
	} else if (rc == 0) {
		rc = db_commit(g.db, e);
	}
	if (rc == 0)
		printf(l->json ? "{\"ok\":true,\"id\":\"%s\"}\n" :
		    "%s is revoked\n", l->argv[0]);
	govern_close(&g);
	return rc;
}

const struct command token_commands[] = {
	{ "token new", "--name NAME --scopes LIST [--expires WHEN] [--json]", new_token, "Make a bearer token and show it once.", "Scopes: patch:preview patch:apply patch:revert event:write log:read\nstream:read report:read report:write ops:read ops:write github:write admin\nWHEN: 90d, 12h, 30m, 45s from now, or a date; without it the token does not expire.", false, NULL },
	{ "token list", "[--json]", list, "List the tokens, without their secrets.", NULL, false, NULL },
	{ "token revoke", "ID", revoke, "End a token; its streams end too.", NULL, false, NULL },
	{ 0 }
};
