/* intake_reader.h - what the formats of logs/intake share; only for them.
 *
 * A format finds the records of a body and hands on their lines; what becomes
 * of lines and faults is told here once. */
#ifndef LOGS_INTAKE_READER_H
#define LOGS_INTAKE_READER_H

#include "logs/intake.h"

struct reader {
	const struct intake_request *r;
	intake_take *take;
	void *to;
	struct intake_result *out;
	struct str body;		/* unpacked */
	struct arena *a;		/* of one record */
	struct wash wash;
	struct err *e;
	struct err *last;		/* of the faults that are told */
	size_t max_lines, lines;
	bool failed;			/* take did, or a ceiling: no more */
};

struct record_place {
	size_t line;		/* of the body, from 1; 0: see pointer */
	const char *pointer;	/* "/logs/3"; "" */
};

/* A line with the defaults. */
struct log_line reader_line(const struct reader *x);
/* One record more: its arena begins anew. */
void reader_record(struct reader *x);
/* -1 when the reading must end: then it says why. */
int reader_give(struct reader *x, struct log_line *l, unsigned flags);
/* What f says is wrong there, below "/member" (may be ""); it goes on unless
 * -1. */
int reader_fault(struct reader *x, const struct record_place *at,
    const char *member, const struct err *f);

/* Times as programs write them, RFC 3339 or nearly; or a number of seconds, or
 * of smaller units when it is large. */
bool intake_time(struct str s, int64_t *ms);
/* What a JSON value says: a string's text, else the value as it stands;
 * STR_NONE for null.  No copy unless it has escapes. */
struct str intake_text(struct str value, struct arena *a);

/* One JSON object, that may be several lines: intake_record.c. */
enum record_form { RECORD_ANY, RECORD_LOGPUSH, RECORD_JOURNAL };
int intake_record(struct reader *x, struct str object, enum record_form form,
    const struct record_place *at);
int intake_logpush(struct reader *x, struct str object,
    const struct record_place *at);

/* A field of a journal: intake_journal.c. */
int intake_journal(struct reader *x, struct str object,
    const struct record_place *at);

/* The formats. */
int intake_json(struct reader *x);
int intake_ndjson(struct reader *x);
int intake_logpush_lines(struct reader *x);
int intake_journal_json(struct reader *x);
int intake_journal_export(struct reader *x);
int intake_github_job(struct reader *x);
int intake_plain(struct reader *x);

/* Do bodies look so? */
bool looks_json(struct str body);
bool looks_ndjson(struct str body);
bool looks_journal_export(struct str body);
bool looks_github_job(struct str body);
bool looks_plain(struct str body);

#endif
