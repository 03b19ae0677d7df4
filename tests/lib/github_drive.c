/* github_drive VERB REPO [ARGUMENT...]: one verb of src/remote/github.h, for
 * tests.  Settings are those of the product.  Prints the outcome, the status,
 * and what came back as lines of NAME=VALUE; an error goes to standard error.
 * DRIVE_GATE is a file in which a gate keeps its state, DRIVE_ETAGS a folder of
 * answers, DRIVE_ANSWER_MS how long an answer may take, DRIVE_PATIENCE_MS how
 * long the gate may make it wait, DRIVE_TIMES how often it is done. */
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/hash.h"
#include "remote/gate_rules.h"
#include "remote/github.h"

struct drive {
	struct github *g;
	struct github_call c;
	struct gate_limits limits;
	int n;
	char **args;
};

static struct str
arg(const struct drive *d, int i)
{
	return i < d->n && d->args[i][0] ? str(d->args[i]) : STR_NONE;
}

static int64_t
number(const struct drive *d, int i, int64_t none)
{
	int64_t v = none;

	str_int(arg(d, i), &v);
	return v;
}

/* The gate: a file that is locked while its state changes. */
static int
with_state(struct drive *d, const struct gate_ask *ask,
    const struct gate_told *told, int64_t *wait)
{
	const char *path = getenv("DRIVE_GATE");
	struct buf text = BUF_INIT(KIB(64));
	struct gate_state s;
	struct str now;
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

	if (fd < 0 || flock(fd, LOCK_EX) != 0 || fd_read_all(fd, &text) != 0)
		abort();
	gate_state_read(d->c.a, buf_str(&text), &s);
	if (ask)
		*wait = gate_ask(&d->limits, &s, ask);
	else
		gate_tell(&d->limits, &s, told);
	now = gate_state_text(d->c.a, &s);
	if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0 ||
	    fd_write_all(fd, now) != 0)
		abort();
	close(fd);
	buf_free(&text);
	return 0;
}

static int
before(void *to, const struct gate_ask *ask, int64_t *wait, struct err *e)
{
	(void)e;
	return with_state(to, ask, NULL, wait);
}

static void
after(void *to, const struct gate_told *told)
{
	with_state(to, NULL, told, NULL);
}

static struct str
etag_file(struct arena *a, const struct gate_key *key, struct str url,
    const char *part)
{
	const struct str parts[] = { key->host, key->credential, url };

	return arena_fmt(a, "%s/%s.%s", getenv("DRIVE_ETAGS"),
	    sha256_hex(a, sha256_of_parts(parts, 3)).p, part);
}

static int
etag_get(void *to, struct arena *a, const struct gate_key *key,
    struct str url, struct gate_etag *out)
{
	static const char *const names[] = { "etag", "body", "link" };
	struct str *const parts[] = { &out->etag, &out->body, &out->link };

	(void)to;
	for (size_t i = 0; i < 3; i++) {
		struct buf text = BUF_INIT(MIB(2));
		int fd = open(etag_file(a, key, url, names[i]).p,
		    O_RDONLY | O_CLOEXEC);

		if (fd < 0 || fd_read_all(fd, &text) != 0)
			return 0;
		close(fd);
		*parts[i] = arena_str(a, buf_str(&text));
		buf_free(&text);
	}
	return 1;
}

static void
etag_put(void *to, const struct gate_key *key, struct str url,
    const struct gate_etag *tag)
{
	struct drive *d = to;
	const struct { const char *name; struct str text; } parts[] = {
		{ "etag", tag->etag }, { "body", tag->body },
		{ "link", tag->link },
	};

	for (size_t i = 0; i < countof(parts); i++) {
		int fd = open(etag_file(d->c.a, key, url, parts[i].name).p,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		if (fd < 0 || fd_write_all(fd, parts[i].text) != 0)
			abort();
		close(fd);
	}
}

static void
show_issue(const struct github_issue *i)
{
	printf("issue=%lld state=%.*s reason=%.*s user=%.*s comments=%lld",
	    (long long)i->number, STR_ARG(i->state), STR_ARG(i->state_reason),
	    STR_ARG(i->user), (long long)i->comments);
	for (size_t n = 0; n < i->n_labels; n++)
		printf(" label=%.*s", STR_ARG(i->labels[n]));
	for (size_t n = 0; n < i->n_assignees; n++)
		printf(" assignee=%.*s", STR_ARG(i->assignees[n]));
	printf(" title=%.*s\n", STR_ARG(i->title));
}

static int
issues(struct drive *d, struct err *e)
{
	const struct github_issue_query q = { .labels = arg(d, 0),
	    .state = arg(d, 1), .since = number(d, 2, -1),
	    .max = (size_t)number(d, 3, 0) };
	struct github_issues out;

	if (github_issues(d->g, &d->c, &q, &out, e) != 0)
		return -1;
	for (size_t i = 0; i < out.n; i++)
		show_issue(&out.rows[i]);
	printf("n=%zu more=%d\n", out.n, out.more);
	return 0;
}

static int
issue(struct drive *d, struct err *e)
{
	struct github_issue out;

	if (github_issue(d->g, &d->c, number(d, 0, 0), &out, e) != 0)
		return -1;
	show_issue(&out);
	return 0;
}

/* TITLE BODY LABEL ASSIGNEE */
static int
create(struct drive *d, struct err *e)
{
	struct str labels[] = { arg(d, 2) }, assignees[] = { arg(d, 3) };
	const struct github_issue_text t = { .title = arg(d, 0),
	    .body = arg(d, 1), .labels = labels[0].p ? labels : NULL,
	    .n_labels = labels[0].p != NULL,
	    .assignees = assignees[0].p ? assignees : NULL,
	    .n_assignees = assignees[0].p != NULL };
	struct github_issue out;

	if (github_issue_create(d->g, &d->c, &t, &out, e) != 0)
		return -1;
	show_issue(&out);
	return 0;
}

/* NUMBER STATE REASON TITLE */
static int
update(struct drive *d, struct err *e)
{
	const struct github_issue_text t = { .state = arg(d, 1),
	    .state_reason = arg(d, 2), .title = arg(d, 3) };

	return github_issue_update(d->g, &d->c, number(d, 0, 0), &t, e);
}

static int
comment(struct drive *d, struct err *e)
{
	struct github_comment k = { .body = arg(d, 1) };

	if (github_comment_create(d->g, &d->c, number(d, 0, 0), &k, e) != 0)
		return -1;
	printf("comment=%lld url=%.*s\n", (long long)k.id,
	    STR_ARG(k.html_url));
	return 0;
}

static int
comments(struct drive *d, struct err *e)
{
	struct github_comments out = { .since = number(d, 1, -1) };

	if (github_comments(d->g, &d->c, number(d, 0, 0), &out, e) != 0)
		return -1;
	for (size_t i = 0; i < out.n; i++)
		printf("comment=%lld user=%.*s body=%.*s\n",
		    (long long)out.rows[i].id, STR_ARG(out.rows[i].user),
		    STR_ARG(out.rows[i].body));
	return 0;
}

static int
labels(struct drive *d, struct err *e)
{
	struct github_label want[8];
	size_t n = 0;

	for (; n < countof(want) && arg(d, (int)n).p; n++)
		want[n] = (struct github_label){ arg(d, (int)n),
		    STR("d73a4a"), STR("Made by a test.") };
	return github_labels_ensure(d->g, &d->c, want, n, e);
}

static int
label(struct drive *d, struct err *e)
{
	return github_label_add(d->g, &d->c, number(d, 0, 0), arg(d, 1), e);
}

static int
unlabel(struct drive *d, struct err *e)
{
	return github_label_remove(d->g, &d->c, number(d, 0, 0), arg(d, 1),
	    e);
}

static int
assign(struct drive *d, struct err *e)
{
	return github_assignee_add(d->g, &d->c, number(d, 0, 0), arg(d, 1),
	    e);
}

static int
pulls(struct drive *d, struct err *e)
{
	const struct github_pull_query q = { .state = arg(d, 0) };
	struct github_pulls out;

	if (github_pulls(d->g, &d->c, &q, &out, e) != 0)
		return -1;
	for (size_t i = 0; i < out.n; i++)
		printf("pull=%lld state=%.*s head=%.*s base=%.*s draft=%d\n",
		    (long long)out.rows[i].number, STR_ARG(out.rows[i].state),
		    STR_ARG(out.rows[i].head), STR_ARG(out.rows[i].base),
		    out.rows[i].draft);
	return 0;
}

/* STATUS FROM TO BRANCH EVENT */
static int
runs(struct drive *d, struct err *e)
{
	const struct github_run_query q = { .status = arg(d, 0),
	    .created_from = number(d, 1, -1), .created_to = number(d, 2, -1),
	    .branch = arg(d, 3), .event = arg(d, 4) };
	struct github_runs out;

	if (github_runs(d->g, &d->c, &q, &out, e) != 0)
		return -1;
	for (size_t i = 0; i < out.n; i++)
		printf("run=%lld name=%.*s conclusion=%.*s\n",
		    (long long)out.rows[i].id, STR_ARG(out.rows[i].name),
		    STR_ARG(out.rows[i].conclusion));
	return 0;
}

static int
jobs(struct drive *d, struct err *e)
{
	struct github_jobs out;

	if (github_jobs(d->g, &d->c, number(d, 0, 0), &out, e) != 0)
		return -1;
	for (size_t i = 0; i < out.n; i++) {
		printf("job=%lld check_run=%lld name=%.*s\n",
		    (long long)out.rows[i].id,
		    (long long)out.rows[i].check_run,
		    STR_ARG(out.rows[i].name));
		for (size_t n = 0; n < out.rows[i].n_steps; n++)
			printf("step=%.*s conclusion=%.*s\n",
			    STR_ARG(out.rows[i].steps[n].name),
			    STR_ARG(out.rows[i].steps[n].conclusion));
	}
	return 0;
}

static int
job_log(struct drive *d, struct err *e)
{
	struct github_log log = { .max = (size_t)number(d, 1, 65536) };

	if (github_job_log(d->g, &d->c, number(d, 0, 0), &log, e) != 0)
		return -1;
	printf("cut=%d\n%.*s", log.cut, STR_ARG(log.text));
	return 0;
}

static int
annotations(struct drive *d, struct err *e)
{
	struct github_annotations out;

	if (github_annotations(d->g, &d->c, number(d, 0, 0), &out, e) != 0)
		return -1;
	for (size_t i = 0; i < out.n; i++)
		printf("level=%.*s path=%.*s line=%lld message=%.*s\n",
		    STR_ARG(out.rows[i].level), STR_ARG(out.rows[i].path),
		    (long long)out.rows[i].start_line,
		    STR_ARG(out.rows[i].message));
	return 0;
}

static const struct {
	const char *name;
	int (*act)(struct drive *d, struct err *e);
} verbs[] = {
	{ "issues", issues }, { "issue", issue }, { "create", create },
	{ "update", update }, { "comment", comment },
	{ "comments", comments }, { "labels", labels }, { "label", label },
	{ "unlabel", unlabel }, { "assign", assign }, { "pulls", pulls },
	{ "runs", runs }, { "jobs", jobs }, { "log", job_log },
	{ "annotations", annotations },
};

static int
act(struct drive *d, const char *verb)
{
	struct err e = { 0 };
	int rc = -2;

	for (size_t i = 0; i < countof(verbs); i++)
		if (strcmp(verb, verbs[i].name) == 0)
			rc = verbs[i].act(d, &e);
	printf("outcome=%s status=%d wait_s=%lld\n",
	    github_outcome_name(d->c.outcome), d->c.status,
	    d->c.retry_at < 0 ? -1LL :
	    (long long)(d->c.retry_at - clock_now_ms() + 999) / 1000);
	if (rc != 0)
		fprintf(stderr, "%s: %s%s%s\n", err_row(e.kind)->code,
		    e.detail, e.at[0] ? " at " : "", e.at);
	return rc == 0 ? 0 : 1;
}

static void
set_ms(const char *name, int64_t *to)
{
	int64_t v;

	if (getenv(name) && str_int(str(getenv(name)), &v))
		*to = v;
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct drive d = { .limits = gate_limits_github };
	struct gate gate = { .to = &d };
	struct github_options o;
	struct config cfg;
	struct err e = { 0 };
	int64_t times = 1;
	int rc = 0;

	if (argc < 3)
		return 2;
	d.c = (struct github_call){ .a = a, .repo = str(argv[2]) };
	d.n = argc - 3;
	d.args = argv + 3;
	if (config_load(NULL, a, &cfg, &e) != 0 ||
	    github_options(&cfg, a, &o, &e) != 0)
		goto failed;
	d.limits.write_gap_ms = cfg.github_write_gap_ms;
	if (getenv("DRIVE_GATE")) {
		gate.before = before;
		gate.after = after;
	}
	if (getenv("DRIVE_ETAGS")) {
		gate.etag_get = etag_get;
		gate.etag_put = etag_put;
	}
	o.gate = &gate;
	set_ms("DRIVE_ANSWER_MS", &o.answer_ms);
	set_ms("DRIVE_PATIENCE_MS", &o.patience_ms);
	set_ms("DRIVE_TIMES", &times);
	if (github_new(&o, &d.g, &e) != 0)
		goto failed;
	while (times-- > 0)
		rc = act(&d, argv[1]);
	github_free(d.g);
	arena_free(a);
	return rc;
failed:
	fprintf(stderr, "%s: %s%s%s\n", err_row(e.kind)->code, e.detail,
	    e.at[0] ? " at " : "", e.at);
	arena_free(a);
	return 3;
}
