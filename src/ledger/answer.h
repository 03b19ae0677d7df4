/* answer.h - members of answers that are written in several places; only
 * inside of ledger/. */
#ifndef LEDGER_ANSWER_H
#define LEDGER_ANSWER_H

#include "json/json_writer.h"
#include "ledger/rollup.h"

void answer_int(struct json_writer *w, const char *key, int64_t v);
void answer_str(struct json_writer *w, const char *key, struct str v);
void answer_time(struct json_writer *w, const char *key, int64_t ms);
/* part of all, times `of`; null of nothing. */
void answer_share(struct json_writer *w, const char *key, int64_t part,
    int64_t all, double of);
/* total, ok, failed, and the rate that follows from them. */
void answer_counts(struct json_writer *w, const struct counts *n);

static inline int64_t
counts_total(const struct counts *n)
{
	return n->ok + n->failed;
}

/* Sums with the text of their term, the most first, then by name. */
struct named { struct str name; struct counts n; };
struct sums;
int answer_named(struct db *db, struct arena *a, struct sums *s,
    struct named **out, size_t *n, struct err *e);

#endif
