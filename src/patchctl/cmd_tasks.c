/* list-tasks: what is to be edited, and where. */
#include <stdio.h>

#include "model/task.h"
#include "patchctl/show.h"
#include "patchctl/target.h"

static int
tasks_read(struct command_line *l, const struct target *t,
    struct task_list *out, struct err *e)
{
	struct local here;
	struct str text;
	int rc = target_open(l, t, LOCAL_LOOK, &here, e);

	if (rc == 0)
		rc = workspace_read(here.ws, l->a, STR(TASKS_PATH),
		    FILE_DEFAULT_BYTES, &text, NULL, NULL, e);
	if (rc == 0)
		rc = err_set(e, ERR_NOT_FOUND, "there is no %s/" TASKS_PATH,
		    here.root);
	local_close(&here);
	if (rc < 0)
		return -1;
	if (task_list_read(text, l->a, out, e) == 0)
		return 0;
	for (struct err *one = e; one; one = one->next) {
		char where[AT_MAX_BYTES];

		snprintf(where, sizeof(where), TASKS_PATH " %.250s", one->at);
		one->at[0] = '\0';
		err_at(one, "%s", where);
	}
	return -1;
}

static void
task_line(const struct task *t)
{
	struct str rest = t->instruction, first = STR("");

	if (rest.p)
		first = str_cut(&rest, '\n');
	show_text(stdout, t->uuid);
	fputs("  ", stdout);
	show_text(stdout, t->status.len ? t->status : STR("-"));
	fputs("  ", stdout);
	show_text(stdout, t->file.len ? t->file : STR("-"));
	for (size_t i = 0; i < t->n_allowed_spans; i++) {
		const struct task_span *s = &t->allowed_spans[i];

		putchar(i ? ',' : ' ');
		if (!str_eq(s->file, t->file)) {
			show_text(stdout, s->file);
			putchar(':');
		}
		printf("%lld-%lld", (long long)s->start, (long long)s->end);
	}
	fputs("  ", stdout);
	show_text(stdout, first);
	putchar('\n');
}

static int
list_tasks(struct command_line *l, struct err *e)
{
	struct option_row rows[TARGET_OPTIONS];
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct target t = { 0 };
	struct task_list list;

	if (command_options(l, rows, target_rows(&t, rows), e) != 0)
		return -1;
	if (l->argc)
		return err_set(e, ERR_USAGE, "list-tasks takes options only");
	if (target_choose(l, &t, e) != 0 ||
	    target_must_be_local(&t, e) != 0 ||
	    tasks_read(l, &t, &list, e) != 0)
		return -1;
	for (size_t i = 0; i < list.n_tasks && !l->json; i++)
		task_line(&list.tasks[i]);
	if (!l->json)
		return 0;
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	contract_encode_members(&task_list_contract, &list, &w);
	json_object_close(&w);
	puts(out.p);
	buf_free(&out);
	return 0;
}

const struct command tasks_commands[] = {
	{ "list-tasks", "[--root DIR] [--json]", list_tasks, "List the tasks of .mission_control/tasks.json.", "Id, status, file with the lines that may be edited, what is to be done.\n\nExample:\n  patchctl list-tasks --json", true, NULL },
	{ 0 }
};
