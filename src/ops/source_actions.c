#include "ops/source_actions.h"

#define RUNS_MAX	100	/* of one scan: requests are few */
#define KEYS_MAX	4000

/* The runs that were read: their window overlaps the next. */
struct done {
	struct str *keys;
	size_t n;
};
#define D struct done
static const struct field done_fields[] = {
	F_STRS(D, keys, n, "runs", FIELD_REQUIRED, 0, KEYS_MAX, 2 * NAME_MAX_BYTES, FMT_NAME, "OWNER/NAME/RUN/ATTEMPT."),
	F_END
};
static const struct contract done_contract = {
	.name = "ActionsCursor", .size = sizeof(D), .fields = done_fields,
	.doc = "Runs that were read.",
};

/* GitHub lists one of them at a time. */
static const char *const failures[] = {
	"failure", "timed_out", "startup_failure"
};

struct reading {
	struct source_run *r;
	struct github *gh;
	struct line_sink to;
	struct done done, listed;
	int64_t runs, left_out;
};

static bool
has(const struct done *d, struct str key)
{
	for (size_t i = 0; i < d->n; i++)
		if (str_eq(d->keys[i], key))
			return true;
	return false;
}

static void
add(struct done *d, struct str key)
{
	if (d->n < KEYS_MAX)
		d->keys[d->n++] = key;
}

static int
run_read(struct reading *g, struct str repo, const struct github_run *run,
    struct err *e)
{
	struct str key = arena_fmt(g->r->a, "%.*s/%lld/%lld", STR_ARG(repo),
	    (long long)run->id, (long long)run->attempt);
	struct actions_run one = { .r = g->r, .gh = g->gh, .to = &g->to,
	    .repo = repo, .run = run };
	int rc;

	add(&g->listed, key);
	if (has(&g->done, key))
		return 0;
	if (g->runs >= RUNS_MAX) {
		g->left_out++;
		return 0;
	}
	g->runs++;
	one.a = arena_new();
	rc = actions_run_read(&one, e);
	arena_free(one.a);
	if (rc != 0)
		return -1;
	add(&g->done, key);
	read_cursor_set(g->r, &done_contract, &g->done);
	return 0;
}

static int
repo_read(struct reading *g, struct str repo, struct err *e)
{
	for (size_t k = 0; k < countof(failures); k++) {
		struct github_call c = { .a = g->r->a, .repo = repo };
		struct github_run_query q = { .status = str(failures[k]),
		    .created_from = g->r->from_ms,
		    .created_to = g->r->to_ms };
		struct github_runs runs;

		if (github_runs(g->gh, &c, &q, &runs, e) != 0)
			return -1;
		for (size_t i = 0; i < runs.n; i++)
			if (run_read(g, repo, &runs.rows[i], e) != 0)
				return -1;
		if (runs.more)
			line_sink_note(&g->to, "%.*s has more runs with %s "
			    "than GitHub lists", STR_ARG(repo), failures[k]);
	}
	return 0;
}

static int
repos_read(struct reading *g, struct err *e)
{
	struct str rest = g->r->o->g->cfg->ops_repos, repo;

	if (!rest.len)
		return repo_read(g, g->r->o->target, e);
	while (rest.p) {
		repo = str_trim(str_cut(&rest, ','));
		if (!repo.len)
			continue;
		if (github_repo_check(repo, e) != 0) {
			if (e)
				e->kind = ERR_CONFIG;
			return err_at(e, "PATCHWARDEN_OPS_REPOS");
		}
		if (repo_read(g, repo, e) != 0)
			return -1;
	}
	return 0;
}

bool
actions_configured(const struct config *c)
{
	struct arena *a;
	struct github_options opt;
	struct str target = STR_NONE;
	bool is;

	if (!c->ops_actions)
		return false;
	a = arena_new();
	is = github_options(c, a, &opt, NULL) == 0 &&
	    github_configured(&opt) && (c->ops_repos.len ||
	    (github_target(c, a, &target, NULL) == 0 && target.len));
	arena_free(a);
	return is;
}

int
read_actions(struct source_run *r, struct err *e)
{
	struct reading *g = arena_new_of(r->a, struct reading);
	struct done kept;
	int rc;

	*g = (struct reading){ .r = r, .to = read_sink(r) };
	read_cursor(r, &done_contract, &kept);
	g->done.keys = arena_array_of(r->a, struct str, KEYS_MAX);
	g->listed.keys = arena_array_of(r->a, struct str, KEYS_MAX);
	for (size_t i = 0; i < kept.n; i++)
		add(&g->done, kept.keys[i]);
	if (ops_github(r->o, &g->gh, e) != 0)
		return -1;
	rc = repos_read(g, e);
	if (g->left_out)
		line_sink_note(&g->to, "%lld failed runs were left out: a scan "
		    "reads %d", (long long)g->left_out, RUNS_MAX);
	line_sink_end(&g->to, "GitHub Actions");
	if (rc != 0)
		return -1;
	/* What is not listed any more will not be again. */
	kept = g->done;
	g->done.n = 0;
	for (size_t i = 0; i < kept.n; i++)
		if (has(&g->listed, kept.keys[i]))
			add(&g->done, kept.keys[i]);
	read_cursor_set(r, &done_contract, &g->done);
	return 0;
}
