/* job.h - one run of a validator, as its program asks the runner for it, and
 * how it ended. */
#ifndef VALIDATE_JOB_H
#define VALIDATE_JOB_H

#include "validate/wire.h"

/* A file as it is in the view. */
struct job_file {
	struct str path, bytes;
	bool exists;
	unsigned mode;
};

struct job {
	struct str workspace;
	int64_t validator;	/* which of its policy */
	struct str name;	/* its name, so that both mean the same one */
	struct job_file *files;	/* that differ from the tree on disk */
	size_t n_files;
	struct str *args;	/* files for {} and {}... */
	size_t n_args;
	int64_t timeout_ms;
};

enum job_end {
	JOB_EXITED,
	JOB_TIMEOUT,
	JOB_LIMIT,		/* stopped: too much memory, too many processes */
	JOB_NO_PROGRAM,		/* it is not installed */
	JOB_ERROR,		/* it could not be run; reason says why */
	JOB__MAX
};

struct job_result {
	int end;		/* enum job_end */
	int64_t exit;		/* JOB_EXITED; 128 + a signal's number */
	struct str output;	/* the first VALIDATOR_CAPTURE_BYTES of it */
	int64_t output_bytes;	/* of all of it */
	struct str reason;
	struct str isolation;
};

#define JOB_MESSAGE_BYTES (BATCH_MAX_BYTES + MIB(32))
#define RESULT_MESSAGE_BYTES (VALIDATOR_CAPTURE_BYTES + KIB(16))

void job_write(const struct job *j, struct buf *out);
/* False unless every field is what it may be; borrowed from the message. */
bool job_read(struct str message, struct arena *a, struct job *out);
void job_result_write(const struct job_result *r, struct buf *out);
bool job_result_read(struct str message, struct job_result *out);

#endif
