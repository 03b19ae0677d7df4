#include "remote/github.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/sign.h"
#include "remote/github_ask.h"
#include "remote/github_fault.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

#define PATIENCE_MS 5000
#define ANSWER_MS 30000
#define SECRET_MAX_BYTES KIB(16)

static const char *const outcomes[] = {
	"done", "refused", "unsent", "limited", "unknown"
};

const char *
github_outcome_name(enum github_outcome o)
{
	return outcomes[o];
}

static int
read_secret(struct str path, struct arena *a, struct str *out, struct err *e)
{
	return secret_read(a, arena_cstr(a, path), SECRET_MAX_BYTES, out, e);
}

int
github_options(const struct config *c, struct arena *a,
    struct github_options *out, struct err *e)
{
	*out = (struct github_options){ .api = c->github_api,
	    .version = c->github_api_version,
	    .token = str_some(c->github_token),
	    .app_id = str_some(c->github_app_id),
	    .installation = c->github_installation,
	    .patience_ms = PATIENCE_MS, .plain = c->github_plain };
	if (c->github_token.len && c->github_token_file.len)
		return err_set(e, ERR_CONFIG, "PATCHWARDEN_GITHUB_TOKEN and "
		    "PATCHWARDEN_GITHUB_TOKEN_FILE are both set");
	if (c->github_token_file.len &&
	    read_secret(c->github_token_file, a, &out->token, e) != 0)
		return -1;
	if ((c->github_app_id.len > 0) != (c->github_app_key_file.len > 0))
		return err_set(e, ERR_CONFIG, "PATCHWARDEN_GITHUB_APP_ID and "
		    "PATCHWARDEN_GITHUB_APP_KEY_FILE go together");
	if (out->app_id.p && out->token.p)
		return err_set(e, ERR_CONFIG, "a GitHub App and a token are "
		    "both set; one of them authenticates");
	if (out->app_id.p)
		return read_secret(c->github_app_key_file, a, &out->app_key,
		    e);
	return 0;
}

int
github_target(const struct config *c, struct arena *a, struct str *repo,
    struct err *e)
{
	*repo = STR_NONE;
	if (!c->github_repo.len)
		return 0;
	if (!c->github_owner.len || str_has(c->github_repo, '/'))
		*repo = c->github_repo;
	else
		*repo = arena_fmt(a, "%.*s/%.*s", STR_ARG(c->github_owner),
		    STR_ARG(c->github_repo));
	if (github_repo_check(*repo, e) == 0)
		return 0;
	if (e)
		e->kind = ERR_CONFIG;
	return err_at(e, "PATCHWARDEN_GITHUB_REPO");
}

bool
github_configured(const struct github_options *o)
{
	return o->token.p || o->app_id.p;
}

static int
options_check(const struct github_options *o, struct https_url *u,
    struct err *e)
{
	for (size_t i = 0; i < o->token.len; i++)
		if ((unsigned char)o->token.p[i] <= ' ' ||
		    (unsigned char)o->token.p[i] >= 0x7f)
			return err_set(e, ERR_CONFIG, "the token for GitHub "
			    "has a character in it that no token has");
	if (https_url_read(o->api, u, e) != 0) {
		if (e)
			e->kind = ERR_CONFIG;
		return err_at(e, "PATCHWARDEN_GITHUB_API");
	}
	if (str_has(u->rest, '?') || str_has(u->rest, '#'))
		return err_set(e, ERR_CONFIG, "PATCHWARDEN_GITHUB_API has a "
		    "query; an address and a path are enough");
	return 0;
}

/* A name for a token that tells nobody what it is. */
static struct str
name_of(struct arena *a, const struct github_options *o)
{
	if (o->app_id.p)
		return arena_fmt(a, "app:%.*s", STR_ARG(o->app_id));
	if (!o->token.p)
		return STR("none");
	return arena_fmt(a, "token:%.16s",
	    sha256_hex(a, sha256_of(o->token)).p);
}

int
github_new(const struct github_options *o, struct github **out,
    struct err *e)
{
	struct https_url u;
	struct github *g;
	struct str probe;

	if (options_check(o, &u, e) != 0)
		return -1;
	g = calloc(1, sizeof(*g));
	if (!g)
		abort();
	g->a = arena_new();
	g->o = *o;
	g->o.api = arena_str(g->a, o->api);
	while (str_ends(g->o.api, STR("/")))
		g->o.api.len--;
	g->o.version = arena_str(g->a, o->version);
	g->o.token = arena_str(g->a, o->token);
	g->o.app_id = arena_str(g->a, o->app_id);
	g->o.app_key = arena_str(g->a, o->app_key);
	if (!g->o.answer_ms)
		g->o.answer_ms = ANSWER_MS;
	g->host = arena_str(g->a, u.authority);
	g->credential = name_of(g->a, &g->o);
	g->policy = (struct https_policy){ g->o.api, o->plain };
	g->https = https_new();
	if (o->app_id.p && github_jwt(g, g->a, clock_now_ms(), &probe,
	    e) != 0) {
		github_free(g);
		return -1;
	}
	*out = g;
	return 0;
}

void
github_free(struct github *g)
{
	if (!g)
		return;
	for (struct github_pass *p = g->passes; p; p = p->next) {
		if (p->token.cap)
			memset(p->token.p, 0, p->token.cap);
		buf_free(&p->token);
	}
	https_free(g->https);
	arena_free(g->a);
	free(g);
}

/* Part of a name that becomes part of a path. */
static bool
name_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') ||
		    (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		    (s.p[i] >= '0' && s.p[i] <= '9') ||
		    s.p[i] == '-' || s.p[i] == '_' || s.p[i] == '.'))
			return false;
	return s.len && s.len <= 100 && !str_is(s, ".") && !str_is(s, "..");
}

int
github_repo_check(struct str repo, struct err *e)
{
	struct str name = repo, owner = str_cut(&name, '/');

	if (name.p && name_ok(owner) && name_ok(name))
		return 0;
	return err_set(e, ERR_INVALID, "%.*s is no repository; OWNER/NAME "
	    "was expected", (int)(repo.len < 200 ? repo.len : 200),
	    repo.p ? repo.p : "");
}
