/* limits.h - every ceiling of the product, each with its reason.
 *
 * A buffer or list is born with one of these; going past it is an error that
 * names the limit (limit_exceeded), never a truncation. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB(n) ((size_t)(n) << 10)
#define MIB(n) ((size_t)(n) << 20)

/* -- requests -- */
#define BODY_MAX_BYTES		MIB(64)	/* hard ceiling of PATCHWARDEN_BODY_BYTES */
#define BODY_DEFAULT_BYTES	MIB(16)	/* API.md: 413 above */
#define RPC_MAX_CALLS		100	/* in one body of JSON-RPC */
#define QUERY_MAX_BYTES		KIB(8)	/* what web servers accept in a line */
#define QUERY_MAX_PARAMS	64	/* a form has no more; stops hash games */
#define HEADER_MAX_BYTES	KIB(8)	/* one header's value */
#define ANSWER_MAX_BYTES	MIB(256)	/* one JSON answer held in memory */

/* -- JSON -- */
#define JSON_MAX_DEPTH		32	/* API.md; recursion stays shallow */
#define JSON_MAX_MEMBERS	200000	/* json-c needs ~250 bytes for each */
#define JSON_MAX_STRING		BODY_MAX_BYTES

/* -- files and edits -- */
#define PATH_MAX_BYTES		1024	/* a relative path; PATH_MAX less room for roots */
#define FILE_MAX_BYTES		MIB(64)	/* hard ceiling of PATCHWARDEN_FILE_BYTES */
#define FILE_DEFAULT_BYTES	MIB(16)	/* larger files are data, not source */
#define FILE_MAX_LINES		20000000	/* FILE_MAX_BYTES of short lines */
#define BLOCK_MAX_BYTES		MIB(16)	/* as a whole request body */
#define DIFF_MAX_BYTES		MIB(128)	/* a whole file removed and added */
#define ANCHOR_MAX_BYTES	KIB(64)	/* a part of one line */
#define BATCH_MAX_PATCHES	10000	/* one transaction stays below a second or so */
#define BATCH_MAX_FILES		20000	/* a move has two names; each is opened, and synced */
#define BATCH_MAX_BYTES		MIB(256)	/* contents of one batch held in memory */
#define BATCH_LOOK_BYTES	MIB(8192)	/* of texts that one batch looks through: a second or two */
#define OPEN_SPACE_MAX_LINES	100
#define HISTORY_MAX_STEPS	20000	/* edits a position is carried through: some ms */
#define REVERT_MAX_CARRIES	1000000	/* hunks of later edits, for each patch of a revert: some 100 MB */
#define CONFLICT_MAX_BYTES	KIB(8)	/* of the text around a conflict */
#define TASKS_MAX		10000	/* of a tasks.json */
#define TASKS_FOLDER		".mission_control"
#define TASKS_MAX_BYTES		MIB(16)

#define HITS_MAX		10000	/* places one anchor may have; more is no anchor */

/* -- regular expressions of callers -- */
#define REGEX_PATTERN_BYTES	256	/* enough for a line; little to compile */
#define REGEX_LINE_BYTES	KIB(64)	/* the match limit counts per start */
#define REGEX_STEPS		100000	/* match and depth limit: 1 ms or so */
#define REGEX_HEAP_BYTES	MIB(4)
#define REGEX_DEADLINE_MS	1000	/* all lines of a file together */

/* -- text fields -- */
#define NAME_MAX_BYTES		200	/* requester, ids, names: fits an index page */
#define REASON_MAX_BYTES	4096
#define META_MAX_BYTES		KIB(64)	/* travels with every event to every subscriber */
#define DETAIL_MAX_BYTES	700	/* an error's sentence, with a path in it */
#define AT_MAX_BYTES		320	/* a JSON pointer into a request */
#define FAULTS_MAX		50	/* faults told at once about one body */

/* -- validators -- */
#define VALIDATOR_TIMEOUT_MS	60000	/* default, of all runs of one */
#define VALIDATOR_MEMORY_MB	2048	/* default, of all its processes */
#define VALIDATOR_PROCESSES	64	/* default */
#define VALIDATOR_OUTPUT_BYTES	KIB(64)	/* default; what is shown */
#define VALIDATOR_CAPTURE_BYTES	MIB(1)	/* what is compared; the rest is counted */
#define VALIDATOR_SCRATCH_BYTES	MIB(512)	/* it may write, in memory */
#define VALIDATOR_ARGS_BYTES	KIB(96)	/* names of files for one run */
#define VERDICT_EVENT_BYTES	KIB(1)	/* of its output, within an event */
#define DIAGNOSTICS_MAX		100	/* told of one validator */
#define DIAGNOSTIC_MAX_BYTES	2000
#define VIEW_MAX_BYTES		MIB(2048)	/* a tree that is copied for a run */
#define VIEW_MAX_FILES		200000

/* -- events and lists -- */
#define EVENTS_MAX_POST		10000	/* API.md: events in one POST */
#define EVENT_MAX_BYTES		KIB(256)	/* one event as JSON */
#define BUCKET_MAX_BYTES	MIB(64)	/* the sums of a day: millions of errors, each of its own */
#define PHASE_SAYS_BYTES	1000	/* of a factory's message in the custody trail */
#define PAGE_DEFAULT_ROWS	50
#define PAGE_MAX_ROWS		1000

#define EXPORT_MAX_S		3600	/* some 100 million rows; then it is cut */
#define EXPORT_STEP_BYTES	MIB(1)	/* of rows read at once, and sent after that */
#define FOLLOW_MAX_S		600	/* then who follows the log asks again */
#define QUERY_DEADLINE_MS	10000	/* a reader's query; nobody waits longer */

/* -- delivery reports: what a reader can take in; the rest is counted -- */
#define REPORT_MAX_ROWS		1000	/* files, tasks */
#define REPORT_MAX_FACTS	500	/* failures, reverts, phases */
#define REPORT_MAX_GROUPS	100	/* factories, operations, errors, validators */
#define REPORT_TEXT_BYTES	4096	/* one text of the model: a whole reason */
#define REPORT_CELL_BYTES	1200	/* of it in Markdown and HTML: a whole path */
#define REPORT_MAX_PATCHES	200000	/* of one order: 100 MB while its report is made */
#define REPORT_MAX_BYTES	MIB(32)	/* one rendering */

/* -- other servers -- */
#define GITHUB_LOG_MAX_BYTES	MIB(64)	/* read of the log of one job, to find its end */

/* -- the stream -- */
#define CLIENTS_MAX		65536
#define CLIENT_MESSAGE_BYTES	KIB(16)	/* subscribe and auth are small */
#define HANDSHAKE_BYTES		KIB(8)
#define LAG_MAX_EVENTS		1000000000
#define LAG_DEFAULT_BYTES	MIB(1)	/* unsent bytes before a subscriber is cut */

#define TICKETS_MAX		1000	/* of one token: a web server that gets them for all its pages */
#define TICKET_TTL_MAX_S	300	/* it may stand in somebody's log */
#define TICKETS_USED_MAX	65536	/* remembered until they expire: 1 MiB; so many a TTL may subscribe */

/* -- logged lines -- */
#define LOG_BODY_MAX_BYTES	MIB(256)	/* unpacked; held in memory */
#define LOG_BODY_MAX_LINES	1000000	/* Logpush sends no more */
#define LOG_INFLATE_RATIO	200	/* logs shrink to a tenth; this is a bomb */
#define LOG_RECORD_MAX_BYTES	MIB(4)	/* one JSON object or journal entry */
#define LOG_MESSAGE_MAX_BYTES	KIB(16)	/* kept of one message: head and tail */
#define LOG_META_MAX_BYTES	KIB(16)	/* kept of what else it says */
#define LOG_JOIN_MAX_LINES	1000	/* of a stack trace in a text */
#define LOG_JOIN_MAX_BYTES	KIB(256)
#define REDACT_MIN_BYTES	6	/* of a known secret: shorter ones are in anything */

/* -- groups of logged lines -- */
#define TEMPLATE_MAX_TOKENS	64	/* of a message: what it says is said by then */
#define TEMPLATE_MAX_BYTES	KIB(4)	/* of a masked message */
#define SCOPE_MAX_TEMPLATES	5000	/* of one service or step; programs have some hundreds */
#define LEAF_MAX_TEMPLATES	200	/* compared for one line; more are all kinds of anything */
#define SEVERITY_MAX_RULES	1000

/* -- process -- */
#define CONFIG_MAX_BYTES	KIB(256)
#define WORKSPACES_MAX		256
#define POLICY_MAX_RULES	1000	/* globs or names in one list of a policy */
#define POLICY_MAX_ROUNDS	3	/* of judging a batch that is not atomic; each computes it again */
#define GUARDS_MAX		1000	/* guarded regions of one file: ends are looked for among them */
#define ARENA_BLOCK_BYTES	KIB(64)
#define ARENA_KEEP_BYTES	MIB(4)	/* kept for the next request: a file of 1 MiB, edited */

#endif
