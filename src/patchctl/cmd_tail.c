/* tail: follow the event stream of a server. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "patchctl/follow.h"
#include "patchctl/show.h"
#include "patchctl/tail_line.h"

#define SILENCE_S 65		/* three heartbeats of 20 s, and a little */
#define SILENCE_MAX_S 86400

/* The stream's filters, as options; some have the name they have in other
 * commands, too. */
static const struct {
	const char *option, *param;
} filters[] = {
	{ "type", "type" },
	{ "order", "order_id" }, { "order-id", "order_id" },
	{ "task", "task_id" }, { "task-id", "task_id" },
	{ "requester", "requester" }, { "workspace", "workspace" },
	{ "file", "file" }, { "op", "op" },
};

struct tail {
	struct command_line *l;
	const char *filters[countof(filters)];
	const char *since, *count_text, *silence_text, *color_text;
	bool once, color, terminal;
	int64_t count, silence_s;	/* count 0: no end */
	struct target target;
	struct arena *a;		/* one event */
	int64_t shown;
	bool enough;
	struct err failed;		/* the output */
};

static bool
take(void *to, const struct follow_event *ev)
{
	struct tail *t = to;

	if (t->l->json)
		tail_json(stdout, ev, t->terminal);
	else
		tail_line(stdout, t->a, ev, t->color);
	arena_reset(t->a);
	if (fflush(stdout) != 0) {
		if (errno != EPIPE)
			err_sys(&t->failed, "cannot write the output");
		return false;
	}
	t->enough = ++t->shown == t->count;
	return !t->enough;
}

static struct str
path(struct tail *t)
{
	struct str text = STR("/sse");

	for (size_t i = 0; i < countof(filters); i++)
		if (t->filters[i])
			text = arena_fmt(t->l->a, "%.*s%c%s=%.*s",
			    STR_ARG(text), str_has(text, '?') ? '&' : '?',
			    filters[i].param, STR_ARG(remote_escape(t->l->a,
			    str(t->filters[i]))));
	return text;
}

static int
set_number(const char *text, const char *option, int64_t max, int64_t *out,
    struct err *e)
{
	if (!text)
		return 0;
	if (!str_int(str(text), out) || *out < 1 || *out > max)
		return err_set(e, ERR_USAGE, "%s is a number from 1 to %lld",
		    option, (long long)max);
	return 0;
}

static int
set_color(struct tail *t, struct err *e)
{
	struct str when = str(t->color_text ? t->color_text : "auto");

	t->terminal = show_is_terminal();
	if (str_is(when, "auto"))
		t->color = show_has_colour(stdout);
	else if (str_is(when, "always"))
		t->color = true;
	else if (!str_is(when, "never"))
		return err_set(e, ERR_USAGE,
		    "--color is always, never or auto");
	return 0;
}

static int
read_options(struct tail *t, struct err *e)
{
	struct option_row rows[countof(filters) + 5 + TARGET_OPTIONS] = {
		{ .name = "since", .value = &t->since },
		{ .name = "count", .value = &t->count_text },
		{ .name = "silence", .value = &t->silence_text },
		{ .name = "color", .value = &t->color_text },
		{ .name = "no-reconnect", .flag = &t->once },
	};
	size_t n = 5;
	const char *env = getenv("PATCHWARDEN_URL");

	for (size_t i = 0; i < countof(filters); i++)
		rows[n++] = (struct option_row){ .name = filters[i].option,
		    .value = &t->filters[i] };
	n += target_rows(&t->target, rows + n);
	if (command_options(t->l, rows, n, e) != 0)
		return -1;
	if (t->l->argc)
		return err_set(e, ERR_USAGE, "tail takes options only");
	t->silence_s = SILENCE_S;
	if (set_number(t->count_text, "--count", INT64_MAX, &t->count,
	    e) != 0 || set_number(t->silence_text, "--silence", SILENCE_MAX_S,
	    &t->silence_s, e) != 0 || set_color(t, e) != 0)
		return -1;
	if (!t->target.url_option && !(env && env[0]))
		return err_set(e, ERR_USAGE, "tail follows a server: say "
		    "--url URL, or set PATCHWARDEN_URL");
	t->target.remote_option = true;
	return target_choose(t->l, &t->target, e);
}

static int
tail(struct command_line *l, struct err *e)
{
	struct tail t = { .l = l };
	struct follow f = { .l = l, .t = &t.target, .take = take, .to = &t };
	int rc;

	if (read_options(&t, e) != 0)
		return -1;
	signal(SIGPIPE, SIG_IGN);	/* one of a socket is no end */
	f.path = path(&t);
	f.since = str(t.since ? t.since : "now");
	f.silence_ms = t.silence_s * 1000;
	f.once = t.once;
	t.a = arena_new();
	rc = follow_run(&f, e);
	arena_free(t.a);
	if (rc == 0 && t.failed.kind != ERR_NONE) {
		*e = t.failed;
		return -1;
	}
	if (rc == 0 && !t.enough) {	/* nobody reads any more */
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	return rc;
}

#define TAIL_ARGS "[--type LIST] [--order ID] [--task ID] " \
	"[--requester NAME] [--workspace NAME] [--file GLOB] [--op NAME] " \
	"[--since now|earliest|SEQ] [--count N] [--no-reconnect] " \
	"[--silence SECONDS] [--color WHEN] [--url URL] [--token-file FILE] " \
	"[--json]"

const struct command tail_commands[] = {
	{ "tail", TAIL_ARGS, tail, "Follow the event stream of a server.", "The server is that of --url, else of PATCHWARDEN_URL.  A connection that is\nlost is made again, and goes on behind the last event; what is missing is said.\n--json prints each event on a line, as the server sent it.\n\nExamples:\n  patchctl tail --type patch_applied,patch_failed --file 'src/**'\n  patchctl tail --order O17 --since earliest --json | jq .payload.file", true, NULL },
	{ 0 }
};
