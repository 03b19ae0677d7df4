/* fields.h - the fields of a contract as options: blockFile is --block-file,
 * task_id is --task-id, a switch that is on by default is --no-NAME. */
#ifndef PATCHCTL_FIELDS_H
#define PATCHCTL_FIELDS_H

#include "patchctl/command.h"

#define FIELD_OPTIONS_MAX 64

struct field_option {
	const struct field *f;
	void *into;		/* the struct of the contract */
	const char *name;
	const char *value;	/* as given; NULL: it was not */
	bool given;		/* of a switch */
};

struct field_options {
	struct arena *a;
	struct field_option rows[FIELD_OPTIONS_MAX];
	size_t n;
};

/* All fields that a command line can give, but for those in `without` (a NULL
 * at its end; may be NULL) and those whose name is taken already. */
void field_options_add(struct field_options *o, const struct field *fields,
    void *into, const char *const *without);
/* Rows for command_options(); room for FIELD_OPTIONS_MAX.  How many. */
size_t field_options_rows(struct field_options *o, struct option_row *rows);
/* What was given, into its structs.  ERR_USAGE, at = "--name". */
int field_options_set(struct field_options *o, struct err *e);
bool field_options_given(const struct field_options *o, const char *name);

/* "--start N" for the usage, and a line of the help. */
struct str field_option_usage(struct arena *a, const struct field_option *o);
void field_option_help(const struct field_option *o);

#endif
