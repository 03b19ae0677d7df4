/* log_line.h - a line that another program logged: what every source of logs
 * makes, whatever form it came in.
 *
 * A message may have several lines: a stack trace is one log line. */
#ifndef MODEL_LOG_LINE_H
#define MODEL_LOG_LINE_H

#include "base/hash.h"
#include "contract/contract.h"

enum line_kind { LINE_WORKER, LINE_BUILD, LINE_KIND__MAX };

/* As severe as they are numbered. */
enum line_level {
	LINE_DEBUG, LINE_INFO, LINE_WARN, LINE_ERROR, LINE_FATAL,
	LINE_LEVEL__MAX
};

struct log_line {
	int kind;		/* enum line_kind */
	int level;		/* enum line_level */
	struct str source;	/* which adapter: "push", "cloudflare" */
	struct str worker;	/* the service that logged it */
	struct str repo;	/* "owner/name" */
	struct str run_id, workflow, job, step;	/* of a build */
	struct str message;
	struct str error_type;	/* as the source names it: "TypeError" */
	struct str group;	/* the source's own fingerprint, or template */
	struct str meta;	/* any JSON object */
	struct str id;		/* at the source; absent: its contents tell */
	int64_t ts;		/* ms UTC; -1: when it is taken in */
};

extern const char *const line_kinds[];	/* "worker-log", "build-log" */
extern const char *const line_levels[];	/* "debug" … "fatal" */
extern const struct contract log_line_contract;	/* as clients see it */
/* As programs write it ("WARNING", "err", "6" of syslog, "E"); 0 and *out, or
 * -1 when nobody calls a level that. */
int line_level_parse(struct str text, enum line_level *out);

/* What makes two lines the same line, told again: the id that the source gave
 * it, else what it says, where and when. */
struct sha256 log_line_key(const struct log_line *l);

#endif
