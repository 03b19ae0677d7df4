#include "ops/judge.h"

#include <stdlib.h>

#include "base/clock.h"
#include "logs/redact.h"
#include "ops/opinion.h"
#include "ops/read.h"
#include "tracker/issue.h"
#include "tracker/line.h"

#define PAGE_ROWS	1000	/* the worst of so many are asked about first */
#define CHUNK_ROWS	100	/* judged by rule in one transaction */
#define LINES_SHOWN	5
#define FAILS_MAX	3	/* in a row; then nobody answers there */

struct judging {
	struct ops *o;
	struct chat chat;
	bool model;		/* one is configured, and may be asked */
	struct str without;	/* why it is not, as analyses say */
	int64_t end;		/* of the time, monotonic ms */
	int64_t asked;
	int fails;		/* answers that did not come, in a row */
	int64_t reviewed;
};

/* The model is not asked any more in this scan. */
static void
give_up(struct judging *j, const char *why)
{
	j->model = false;
	j->without = arena_fmt(j->o->a, "The language model was not asked: "
	    "%s.", why);
}

static void
chat_open(struct judging *j)
{
	const struct config *c = j->o->g->cfg;
	const struct read_server s = { "the language model's server",
	    "LLM_API_KEY", c->llm_base_url, c->llm_api_key,
	    c->llm_api_key_file };
	struct err why = { 0 };

	j->without = STR("");
	if (!c->llm_base_url.len || !c->llm_model.len)
		return;
	j->chat.model = c->llm_model;
	if (read_server_open(c, j->o->a, &s, &j->chat.api, &why) != 0) {
		give_up(j, why.detail);
		return;
	}
	j->chat.api.answer_max = CHAT_ANSWER_MAX_BYTES;
	j->model = true;
}

/* In a transaction of its own: the question is paid for before it is asked. */
static int
allowed(void *to, struct err *e)
{
	struct judging *j = to;
	const struct config *c = j->o->g->cfg;
	int64_t left = j->end - clock_mono_ms();
	int rc;

	if (left <= 0) {
		give_up(j, "the time of this scan was over");
		return 0;
	}
	if (j->asked >= c->llm_per_scan) {
		give_up(j, "a scan asks about the worst issues only "
		    "(PATCHWARDEN_LLM_PER_SCAN)");
		return 0;
	}
	if (db_begin(j->o->g->db, e) != 0)
		return -1;
	rc = budget_take(j->o->g->db, "model", c->llm_per_day,
	    clock_now_ms(), e);
	if (rc < 0) {
		db_rollback(j->o->g->db);
		return -1;
	}
	if (db_commit(j->o->g->db, e) != 0)
		return -1;
	if (rc == 0)
		give_up(j, "today's questions are used up "
		    "(PATCHWARDEN_LLM_PER_DAY)");
	j->asked += rc;
	j->chat.api.total_ms = c->llm_timeout_s * 1000 < left ?
	    c->llm_timeout_s * 1000 : left;
	j->chat.api.patience_ms = j->chat.api.total_ms;
	return rc;
}

/* A model that does not answer is asked some times, then no more. */
static void
count_fail(struct judging *j, const struct err *why, bool rubbish)
{
	if (rubbish)
		j->fails = 0;
	else if (why->kind == ERR_CONFIG || ++j->fails >= FAILS_MAX)
		give_up(j, "it did not answer before");
}

static int
case_of(struct judging *j, struct arena *a, const struct ops_issue *i,
    struct opinion_case *k, struct err *e)
{
	struct log_line *lines;

	*k = (struct opinion_case){ .issue = i, .redactor = j->o->redactor };
	if (line_of_issue(j->o->g->db, a, (enum line_kind)i->kind, i->id,
	    LINES_SHOWN, &lines, &k->n_lines, e) != 0)
		return -1;
	k->lines = lines;
	k->n_shown = k->n_lines;
	return 0;
}

/* What is said of it, and whether that is worth remembering: 1, 0, -1. */
static int
judge(struct judging *j, struct arena *a, const struct ops_issue *i,
    struct model_answer *out, struct err *e)
{
	struct db *db = j->o->g->db;
	struct opinion_case k;
	struct err why = { 0 };
	bool rubbish = false;
	int rc = case_of(j, a, i, &k, e);

	if (rc == 0 && j->chat.model.len)
		rc = model_answer_get(db, a, i->fingerprint, j->chat.model,
		    out, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;		/* it was asked before */
	rc = j->model ? opinion_ask(&j->chat, a, &k, allowed, j, out, &why,
	    &rubbish, e) : 1;
	if (rc < 0)
		return -1;
	if (rc == 0) {
		j->fails = 0;
		return 1;
	}
	*out = (struct model_answer){ .prompt = opinion_prompt(a, &k),
	    .analysis = j->without, .severity = -1 };
	if (why.kind != ERR_NONE) {
		out->analysis = log_redacted(k.redactor, a, arena_fmt(a, "The "
		    "language model gave no answer that could be used: %s.",
		    why.detail), NULL);
		count_fail(j, &why, rubbish);
	}
	return 0;
}

static int
put(struct judging *j, const struct ops_issue *i,
    const struct model_answer *m, bool remember, struct err *e)
{
	struct db *db = j->o->g->db;

	if (remember && i->fingerprint.len && model_answer_put(db,
	    i->fingerprint, j->chat.model, m, e) != 0)
		return -1;
	return issue_judged(db, i->id, m->analysis, m->prompt, m->severity,
	    e);
}

/* One about which the model may be asked: not within a transaction. */
static int
judge_one(struct judging *j, const struct ops_issue *i, struct err *e)
{
	struct arena *a = arena_new();
	struct db *db = j->o->g->db;
	struct model_answer m;
	int rc = judge(j, a, i, &m, e);

	if (rc >= 0) {
		bool remember = rc > 0;

		rc = db_begin(db, e);
		if (rc == 0 && put(j, i, &m, remember, e) != 0) {
			db_rollback(db);
			rc = -1;
		} else if (rc == 0) {
			rc = db_commit(db, e);
		}
	}
	j->reviewed += rc == 0;
	arena_free(a);
	return rc;
}

/* Some by rule, in one transaction. */
static int
judge_chunk(struct judging *j, const struct ops_issue *rows, size_t n,
    struct err *e)
{
	struct arena *a = arena_new();
	struct db *db = j->o->g->db;
	int rc = db_begin(db, e);

	if (rc != 0)
		goto out;
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		struct model_answer m;

		rc = judge(j, a, &rows[i], &m, e);
		if (rc >= 0)
			rc = put(j, &rows[i], &m, false, e);
	}
	if (rc < 0) {
		db_rollback(db);
		goto out;
	}
	rc = db_commit(db, e);
	j->reviewed += rc == 0 ? (int64_t)n : 0;
out:
	arena_free(a);
	return rc;
}

static int
worse_first(const void *x, const void *y)
{
	const struct ops_issue *a = x, *b = y;

	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return a->id < b->id ? -1 : 1;
}

static int
judge_page(struct judging *j, struct ops_issue *rows, size_t n,
    struct err *e)
{
	size_t i = 0, m;

	if (n)			/* rows may be NULL */
		qsort(rows, n, sizeof(*rows), worse_first);
	while (i < n && j->model) {
		if (judge_one(j, &rows[i++], e) != 0)
			return -1;
	}
	for (; i < n; i += m) {
		m = n - i < CHUNK_ROWS ? n - i : CHUNK_ROWS;
		if (judge_chunk(j, rows + i, m, e) != 0)
			return -1;
	}
	return 0;
}

int
ops_judge(struct ops *o, int64_t for_ms, int64_t *reviewed, struct err *e)
{
	struct judging j = { .o = o, .end = clock_mono_ms() + for_ms };
	struct arena *a = arena_new();
	struct ops_issue *rows;
	size_t n = PAGE_ROWS;
	int rc = 0;

	chat_open(&j);
	/* Those that are judged are not found again. */
	while (rc == 0 && n == PAGE_ROWS) {
		arena_reset(a);
		rc = issue_unjudged(o->g->db, a, 0, PAGE_ROWS, &rows, &n, e);
		if (rc == 0)
			rc = judge_page(&j, rows, n, e);
	}
	*reviewed = j.reviewed;
	json_api_close(&j.chat.api);
	arena_free(a);
	return rc;
}
