/* issues merge, issues split: people know better what belongs together. */
#include <stdio.h>
#include <stdlib.h>

#include "ops/regroup.h"
#include "patchctl/command.h"

static int
number(const char *text, int64_t *id, struct err *e)
{
	if (str_int(str(text), id) && *id > 0)
		return 0;
	return err_set(e, ERR_USAGE, "an issue is named by its number");
}

static void
print_done(const struct command_line *l, const struct ops_issue *i,
    const char *says)
{
	if (l->json)
		printf("{\"ok\":true,\"id\":%lld,\"status\":\"%s\","
		    "\"count\":%lld}\n", (long long)i->id,
		    issue_statuses[i->status], (long long)i->count);
	else
		printf("issue %lld %s; it has %lld lines\n",
		    (long long)i->id, says, (long long)i->count);
}

static int
regroup(struct command_line *l, int64_t id, int64_t into, const char *by,
    struct err *e)
{
	struct govern g = { 0 };
	struct ops o = { 0 };
	struct ops_issue i;
	int rc = command_govern(l, &g, e);

	if (rc == 0)
		rc = ops_open(&o, &g, e);
	if (rc == 0)
		rc = into ? ops_merge(&o, l->a, id, into, str(by), &i, e) :
		    ops_split(&o, l->a, id, &i, e);
	if (rc == 0)
		print_done(l, &i, into ? "has what was merged into it" :
		    "takes only what is like its first message");
	ops_close(&o);
	govern_close(&g);
	return rc;
}

static int
merge(struct command_line *l, struct err *e)
{
	const char *by = getenv("USER");
	const struct option_row rows[] = {
		{ .name = "by", .value = &by },
	};
	int64_t id, into;

	if (command_options(l, rows, countof(rows), e) != 0)
		return -1;
	if (l->argc != 2)
		return err_set(e, ERR_USAGE, "two issues are needed: the one "
		    "that is a part, and the one that stays");
	if (number(l->argv[0], &id, e) != 0 ||
	    number(l->argv[1], &into, e) != 0)
		return -1;
	return regroup(l, id, into, by && by[0] ? by : "patchctl", e);
}

static int
split(struct command_line *l, struct err *e)
{
	const char *text;
	int64_t id;

	if (command_options(l, NULL, 0, e) != 0 || command_argument(l,
	    "the number of an issue", &text, e) != 0 ||
	    number(text, &id, e) != 0)
		return -1;
	return regroup(l, id, 0, NULL, e);
}

const struct command regroup_commands[] = {
	{ "issues merge", "ID INTO [--by NAME] [--json]", merge, "An issue is the same defect as another.", "The lines of the first, and those to come, are the other's; the first is closed, on GitHub as a duplicate of it.", false, NULL },
	{ "issues split", "ID [--json]", split, "An issue has lines of several defects.", "What was merged into it, and what only looks like its first message, make issues of their own when they come again.", false, NULL },
	{ 0 }
};
