#include "api/program.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/sandbox.h"
#include "base/zone.h"
#include "model/scope.h"
#include "policy/policy.h"
#include "store/token.h"
#include "validate/runner.h"

#define PATHS_OF_ASKING	64

struct program {
	enum program_rights rights;
	bool asks;
	struct config cfg;
	struct govern govern;
	struct arena *lasting;	/* the configuration's strings */
	const char *hidden[3];	/* from validators; ends with NULL */
};

/* "any": a valid token, whatever it allows. */
static enum scope
scope_of(const char *name)
{
	int s = SCOPE_NONE + 1;

	if (strcmp(name, "any") == 0)
		return SCOPE_NONE;
	while (s < SCOPE_ADMIN && strcmp(scope_name((enum scope)s), name) != 0)
		s++;
	return (enum scope)s;
}

/* The database is open and, for readers, each request has its own deadline:
 * also its look at the token. */
static int
ready(struct program *p, struct arena *a, struct err *e)
{
	if (govern_ready(&p->govern, a, e) != 0)
		return -1;
	if (p->rights == PROGRAM_READS)
		db_deadline_ms(p->govern.db, QUERY_DEADLINE_MS);
	return 0;
}

static int
authorize(void *ctx, struct arena *a, struct str text, const char *scope,
    struct caller *out, struct err *e)
{
	struct program *p = ctx;
	struct token t;

	if (!text.p)
		return err_set(e, ERR_UNAUTHORIZED, "no token was sent");
	if (ready(p, a, e) != 0 ||
	    token_check(p->govern.db, a, text, scope_of(scope), &t, e) != 0)
		return -1;
	*out = (struct caller){ t.id, t.name, t.scopes };
	return 0;
}

int
program_govern(struct call *c, struct govern **g, struct err *e)
{
	struct program *p = c->ctx;

	*g = &p->govern;
	return ready(p, c->arena, e);
}

struct verb_request
program_verb(const struct call *c, const char *route)
{
	return (struct verb_request){
		.token_id = c->caller.token_id,
		.idempotency_key = c->req->idempotency_key,
		.request_id = c->req->request_id,
		.body = c->req->body, .route = route,
	};
}

void
program_answer(struct call *c, const struct verb_answer *out)
{
	struct response *r = c->resp;

	if (r->streaming) {
		response_stream(r, out->body);
		return;
	}
	r->status = out->status;
	r->type = arena_cstr(c->arena, out->content_type);
	if (out->status == 503)
		response_header(r, "Retry-After", STR("1"));
	if (out->replayed)
		response_header(r, "Idempotency-Replayed", STR("true"));
	buf_add(&r->body, out->body);
}

/* The key is ours from here on, unless it was used: 1, 0, -1. */
static int
once_begin(struct govern *g, struct call *c, const struct verb_request *r,
    struct idempotency *key, struct verb_answer *out, struct err *e)
{
	int rc;

	if (!r->idempotency_key.p)
		return 0;
	if (db_begin(g->db, e) != 0)
		return -1;
	rc = once_look(g, c->arena, r, key, out, e);
	if (rc == 0 && (idempotency_begin(g->db, key, e) < 0 ||
	    idempotency_purge(g->db, e) != 0))
		rc = -1;
	if (rc != 0) {
		db_rollback(g->db);
		return rc;
	}
	return db_commit(g->db, e);
}

static int
once_end(struct govern *g, struct idempotency *key,
    const struct verb_answer *out, struct err *e)
{
	bool did = out->status && (out->status < 400 || out->status == 502);

	if (!key->key.p)
		return 0;
	key->status = out->status;
	key->content_type = out->content_type;
	key->answer = out->body;
	if (db_begin(g->db, e) != 0)
		return -1;
	if ((did ? idempotency_finish(g->db, key, e) :
	    idempotency_drop(g->db, key, e)) != 0) {
		db_rollback(g->db);
		return -1;
	}
	return db_commit(g->db, e);
}

int
program_once(struct call *c, program_verb_fn *verb, void *arg, struct err *e)
{
	const char *route = arena_fmt(c->arena, "%.*s %.*s",
	    STR_ARG(c->req->method), STR_ARG(c->req->path)).p;
	struct verb_request r = program_verb(c, route);
	struct verb_answer out = { 0 };
	struct idempotency key = { 0 };
	struct govern *g;
	struct err late = { 0 };
	int rc;

	if (program_govern(c, &g, e) != 0)
		return -1;
	rc = once_begin(g, c, &r, &key, &out, e);
	if (rc < 0)
		return -1;
	if (rc == 0) {
		rc = verb(c, arg, &out, e);
		/* the verb may have let go of the database */
		if (key.key.p && (program_govern(c, &g, &late) != 0 ||
		    once_end(g, &key, &out, &late) != 0))
			log_warn("an Idempotency-Key was not kept", "detail",
			    late.detail, NULL);
		if (rc != 0)
			return -1;
	}
	program_answer(c, &out);
	return 0;
}

int
program_body_if(struct call *c, const struct contract *k, void *out,
    struct err *e)
{
	contract_defaults(k, out);
	if (!c->req->body.len)
		return 0;
	if (!request_is_type(c->req->content_type, "application/json"))
		return err_set(e, ERR_MEDIA_TYPE,
		    "the body must be application/json");
	return program_body(c, k, out, e);
}

int
program_body(struct call *c, const struct contract *k, void *out,
    struct err *e)
{
	return contract_decode_text(k, c->req->body, c->arena, out, e);
}

static const struct field no_fields[] = { F_END };
const struct contract no_query_contract = {
	.name = "NoParameters", .size = sizeof(char), .fields = no_fields,
	.doc = "This route takes no parameters.",
};

int
program_no_query(struct call *c, struct err *e)
{
	char nothing;

	return contract_query(&no_query_contract, c->req->query, c->arena,
	    &nothing, e);
}

void
program_next_link(struct call *c, const char *name, struct str value)
{
	struct str out = STR(""), rest = c->req->query;

	while (rest.p) {
		struct str part = str_cut(&rest, '&'), value_of = part;
		struct str key = str_cut(&value_of, '=');

		if (part.len == 0 || str_is(key, name) ||
		    str_is(key, "offset"))
			continue;
		out = arena_fmt(c->arena, "%.*s%.*s&", STR_ARG(out),
		    STR_ARG(part));
	}
	response_header(c->resp, "Link", arena_fmt(c->arena,
	    "<%.*s?%.*s%s=%.*s>; rel=\"next\"", STR_ARG(c->req->path),
	    STR_ARG(out), name, STR_ARG(value)));
}

/* The folder a file stands in. */
static const char *
folder(struct arena *a, struct str path)
{
	size_t n = path.len;

	while (n > 1 && path.p[n - 1] != '/')
		n--;
	return arena_cstr(a, str_n(path.p, n));
}

/* What the runner asks for when it is told to run a validator. */
static int
validator_site(void *ctx, struct arena *a, struct str workspace,
    const char **root, struct policy *out, struct err *e)
{
	struct program *p = ctx;

	if (config_workspace(&p->cfg, a, workspace, root, e) != 0)
		return -1;
	return policy_of(&p->cfg, a, workspace, out, e) == 1 ? 0 : -1;
}

/* Before this process gives up the right to start others.  Where no policy is
 * configured there can be no validator. */
static void
start_runner(struct program *p)
{
	struct runner_options o = { .site = validator_site, .ctx = p,
	    .hidden = p->hidden };
	struct str state = p->cfg.state_dir;
	struct err e = { 0 };

	if (p->rights != PROGRAM_EDITS || !p->cfg.policies.len)
		return;
	p->hidden[0] = arena_cstr(p->lasting, state);
	p->hidden[1] = folder(p->lasting, p->cfg.database);
	o.views = arena_fmt(p->lasting, "%.*s/views", STR_ARG(state)).p;
	if (runner_start(&o, &p->govern.runner, &e) != 0)
		log_error("no validator can be run", "detail", e.detail, NULL);
}

/* A runner that is gone cannot be started again from in here. */
static bool
spent(void *ctx)
{
	struct program *p = ctx;

	return p->govern.runner && runner_dead(p->govern.runner);
}

/* The folder above all that a pattern of files can name. */
static const char *
folder_of_pattern(struct arena *a, struct str pattern)
{
	size_t n = 0;

	while (n < pattern.len && !strchr("*?[", pattern.p[n]))
		n++;
	return folder(a, str_n(pattern.p, n));
}

/* What resolving names, TLS and libcurl (which is loaded when it is needed)
 * read; credentials and rules, which are renewed by renaming, so that their
 * folders are needed; and log files. */
static size_t
paths_of_asking(const struct program *p, struct sandbox_path *paths,
    size_t max)
{
	static const char *const places[] = {
		"/etc", "/usr", "/lib", "/lib64", "/dev/urandom",
		"/run/systemd/resolve", "/run/resolvconf",
		"/run/NetworkManager",
	};
	const struct config *c = &p->cfg;
	const struct str files[] = {
		c->github_token_file, c->github_app_key_file,
		c->core_cloudflare_token_file, c->core_github_token_file,
		c->cloudflare_token_file, c->llm_api_key_file,
		c->severity_rules,
	};
	struct str rest = c->ops_files, name, pattern;
	size_t n = 0;

	for (size_t i = 0; i < countof(places); i++)
		paths[n++] = (struct sandbox_path){ places[i], 0 };
	for (size_t i = 0; i < countof(files); i++)
		if (files[i].len)
			paths[n++] = (struct sandbox_path){
			    folder(p->lasting, files[i]), 0 };
	while (n < max && config_pair(&rest, &name, &pattern))
		if (pattern.len && pattern.p[0] == '/')
			paths[n++] = (struct sandbox_path){
			    folder_of_pattern(p->lasting, pattern), 0 };
	return n;
}

/* Only the database and time zones, for writers the workspaces, and what who
 * asks others needs, stay reachable. */
static void
confine(void *ctx)
{
	struct program *p = ctx;
	bool writes = p->rights != PROGRAM_READS;
	bool edits = p->rights == PROGRAM_EDITS;
	struct sandbox_path paths[2 * WORKSPACES_MAX + 8 +
	    PATHS_OF_ASKING];
	struct str rest = p->cfg.workspaces, name, place;
	struct arena *a = p->lasting;
	const char *why, *holds;
	size_t n = 0;

	start_runner(p);
	/* a reader of a WAL database writes its -shm file */
	paths[n++] = (struct sandbox_path){ folder(a, p->cfg.database), 1 };
	paths[n++] = (struct sandbox_path){ ZONE_FOLDER, 0 };
	if (!p->cfg.sandbox)
		return;
	if (p->asks)
		n += paths_of_asking(p, paths + n, PATHS_OF_ASKING);
	if (writes) {
		paths[n++] = (struct sandbox_path){
		    arena_cstr(a, p->cfg.state_dir), 1 };
		paths[n++] = (struct sandbox_path){
		    folder(a, p->cfg.fifo), 1 };
	}
	while (edits && config_pair(&rest, &name, &place) &&
	    n < countof(paths))
		if (place.len)
			paths[n++] = (struct sandbox_path){
			    arena_cstr(a, place), 1 };
	/* an operator may replace a policy by renaming: its folder is needed */
	rest = p->cfg.policies;
	while (edits && config_pair(&rest, &name, &place) &&
	    n < countof(paths))
		paths[n++] = (struct sandbox_path){ folder(a, place), 0 };
	holds = sandbox_enter(paths, n, &why);
	if (strcmp(holds, "none") == 0)
		log_warn("the kernel does not confine this program", "reason",
		    why, NULL);
}

int
program_main(const char *name, const struct route *routes,
    unsigned rights, int argc, char **argv)
{
	struct program p = { .asks = (rights & PROGRAM_ASKS) != 0,
	    .rights = (enum program_rights)(rights & (PROGRAM_ASKS - 1)),
	    .lasting = arena_new() };
	struct app app = { .name = name, .routes = routes, .ctx = &p,
	    .authorize = authorize, .confine = confine, .spent = spent };
	struct err e = { 0 };
	int rc;

	if (config_load(NULL, p.lasting, &p.cfg, &e) != 0) {
		log_error("cannot start", "program", name, "detail", e.detail,
		    "at", e.at, NULL);
		arena_free(p.lasting);
		return 3;
	}
	log_set((enum log_level)p.cfg.log_level);
	app.body_bytes = (size_t)p.cfg.body_bytes;
	govern_init(&p.govern, &p.cfg, p.rights == PROGRAM_READS ? DB_RO : DB_RW);
	p.govern.no_trees = p.rights != PROGRAM_EDITS;
	rc = app_main(&app, argc, argv);
	runner_stop(p.govern.runner);
	govern_close(&p.govern);
	arena_free(p.lasting);
	return rc;
}
