/* intake.h - bodies of logged lines, in the forms that programs send.
 *
 *	json		an array, an object, or {"logs":[…]}
 *	ndjson		an object on each line
 *	logpush		Cloudflare's workers_trace_events, an object a line
 *	journal-json	journalctl -o json
 *	journal-export	journalctl -o export
 *	github-job	the log of a job of GitHub Actions
 *	text		a line each; those of a stack trace are one
 *
 * What is taken has been washed: nobody else sees a secret. */
#ifndef LOGS_INTAKE_H
#define LOGS_INTAKE_H

#include "logs/wash.h"

struct intake_request {
	struct str body;		/* gzip is seen by its first bytes */
	struct str format;		/* its name above; STR_NONE: see what it is */
	struct str content_type;	/* as sent; may be STR_NONE */
	const struct log_line *base;	/* what lines are that do not say; must
					   have source, level, and ts */
	const struct redactor *redactor;
	size_t max_lines;		/* 0: LOG_BODY_MAX_LINES */
	/* Lines with faults are left out and told in the result.  Without it
	 * one fault refuses the body: whoever takes the lines must be able to
	 * take that back. */
	bool partial;
	struct arena *arena;		/* for faults */
};

struct intake_result {
	const char *format;
	bool test;		/* Logpush asks whether somebody is here */
	size_t records;		/* objects, entries, lines in the body */
	size_t taken;		/* lines that take() got */
	size_t refused;		/* records with faults */
	size_t empty;		/* without a message */
	size_t cut;		/* messages that were too long */
	size_t bytes;		/* of the body, unpacked */
	struct redact_counts redacted;
	struct err *faults;	/* when partial: the first FAULTS_MAX; or NULL */
};

/* A line lives as long as the call; -1 ends the reading, with that error. */
typedef int intake_take(void *to, struct log_line *line, struct err *e);

/* -1 with all faults (e->next) or with what take said.  at is a JSON pointer
 * ("/logs/3/message"), or "line 17", with a pointer behind it where there is one
 * ("line 17 /level").  ERR_MEDIA_TYPE, when the format is unknown;
 * ERR_TOO_LARGE for bombs and too many lines. */
int intake_read(const struct intake_request *r, intake_take *take, void *to,
    struct intake_result *out, struct err *e);

/* Their names, ended by NULL: for manuals and messages. */
extern const char *const intake_formats[];

#endif
