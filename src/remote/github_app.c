/* How we say who we are: a token, or as an App that gets itself one. */
#include "base/base64.h"
#include "base/clock.h"
#include "base/sign.h"
#include "remote/github_wire.h"

#define SKEW_S 60			/* clocks differ */
#define JWT_S 540			/* ten minutes are the most */
#define SPARE_MS 300000			/* before its end it is not used */

struct claims {
	int64_t iat, exp;
	struct str iss;
};
#define C struct claims
static const struct field claims_fields[] = {
	F_INT(C, iat, "iat", 0, 0, INT64_MAX, 0, "Issued at."),
	F_INT(C, exp, "exp", 0, 0, INT64_MAX, 0, "Good until."),
	F_STR(C, iss, "iss", 0, 0, 0, FMT_TEXT, "The App."),
	F_END
};
static const struct contract claims_contract = {
	.name = "GithubClaims", .size = sizeof(C), .fields = claims_fields,
	.doc = "What an App says of itself.",
};

struct installation {
	int64_t id;
};
static const struct field installation_fields[] = {
	F_INT(struct installation, id, "id", FIELD_REQUIRED, 1, INT64_MAX, 0, "Its number."),
	F_END
};
static const struct contract installation_contract = {
	.name = "GithubInstallation", .size = sizeof(struct installation),
	.fields = installation_fields, .open = true,
	.doc = "Where an App is installed.",
};

struct pass_wish {
	struct str *repositories;
	size_t n;
};
static const struct field wish_fields[] = {
	F_STRS(struct pass_wish, repositories, n, "repositories", 0, 0, 1, 0, FMT_TEXT, "What the token is for."),
	F_END
};
static const struct contract wish_contract = {
	.name = "GithubPassWish", .size = sizeof(struct pass_wish),
	.fields = wish_fields, .doc = "Which token an App wants.",
};

struct pass_made {
	struct str token;
	int64_t expires_at;
};
static const struct field pass_fields[] = {
	F_STR(struct pass_made, token, "token", FIELD_REQUIRED, 1, KIB(8), FMT_NAME, "The token."),
	F_TIME(struct pass_made, expires_at, "expires_at", FIELD_REQUIRED, "Its end."),
	F_END
};
static const struct contract pass_contract = {
	.name = "GithubPass", .size = sizeof(struct pass_made),
	.fields = pass_fields, .open = true,
	.doc = "A token of an installation.",
};

int
github_jwt(const struct github *g, struct arena *a, int64_t now_ms,
    struct str *out, struct err *e)
{
	const struct claims claims = { now_ms / 1000 - SKEW_S,
	    now_ms / 1000 - SKEW_S + JWT_S, g->o.app_id };
	struct str text = arena_fmt(a, "%s.%s",
	    base64url(a, STR("{\"alg\":\"RS256\",\"typ\":\"JWT\"}")).p,
	    base64url(a, github_encoded(a, &claims_contract, &claims)).p);
	struct str mark;

	if (rs256_sign(a, g->o.app_key, text, &mark, e) != 0)
		return err_at(e, "PATCHWARDEN_GITHUB_APP_KEY_FILE");
	*out = arena_fmt(a, "%.*s.%.*s", STR_ARG(text),
	    STR_ARG(base64url(a, mark)));
	return 0;
}

static struct github_pass *
pass_of(struct github *g, struct str repo)
{
	struct github_pass *p = g->passes;

	while (p && !str_eq(p->repo, repo))
		p = p->next;
	if (p)
		return p;
	p = arena_new_of(g->a, struct github_pass);
	*p = (struct github_pass){ .next = g->passes,
	    .repo = arena_str(g->a, repo),
	    .installation = g->o.installation, .token = BUF_INIT(KIB(8)) };
	return g->passes = p;
}

/* Which installation looks after the repository. */
static int
find_installation(struct github *g, struct github_call *c,
    struct github_pass *p, struct str jwt, struct err *e)
{
	struct github_question q = { .method = "GET", .jwt = jwt };
	struct installation got;

	if (p->installation)
		return 0;
	if (github_path(c, &q.path, e, "/installation") != 0 ||
	    github_ask_for(g, c, &q, &installation_contract, &got, e) != 0)
		return -1;
	p->installation = got.id;
	return 0;
}

static int
new_pass(struct github *g, struct github_call *c, struct github_pass *p,
    struct err *e)
{
	struct str name = c->repo;
	const struct pass_wish wish = { &name, 1 };
	struct github_question q = { .method = "POST", .cost = GATE_WRITE };
	struct pass_made made;

	if (github_jwt(g, c->a, clock_now_ms(), &q.jwt, e) != 0)
		return github_refuse(c);
	if (find_installation(g, c, p, q.jwt, e) != 0)
		return -1;
	str_cut(&name, '/');
	q.path = arena_fmt(c->a, "/app/installations/%lld/access_tokens",
	    (long long)p->installation);
	q.body = github_encoded(c->a, &wish_contract, &wish);
	if (github_ask_for(g, c, &q, &pass_contract, &made, e) != 0) {
		/* A token that nobody has heard of harms nobody. */
		if (c->outcome == GITHUB_UNKNOWN)
			c->outcome = GITHUB_UNSENT;
		return -1;
	}
	buf_reset(&p->token);
	buf_add(&p->token, made.token);
	p->until_ms = made.expires_at - SPARE_MS;
	return 0;
}

int
github_authenticate(struct github *g, struct github_call *c,
    struct str *token, struct str *credential, struct err *e)
{
	struct github_pass *p;

	if (!g->o.app_id.p) {
		*token = g->o.token;
		return 0;
	}
	if (github_repo_check(c->repo, e) != 0)
		return github_refuse(c);
	p = g->pass = pass_of(g, c->repo);
	if ((!p->token.len || clock_now_ms() >= p->until_ms) &&
	    new_pass(g, c, p, e) != 0)
		return -1;
	*token = arena_str(c->a, buf_str(&p->token));
	*credential = arena_fmt(c->a, "%.*s:%lld", STR_ARG(g->credential),
	    (long long)p->installation);
	return 0;
}

bool
github_forget_pass(struct github *g)
{
	if (!g->o.app_id.p || !g->pass || !g->pass->token.len)
		return false;
	buf_reset(&g->pass->token);
	return true;
}
