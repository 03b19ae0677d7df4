#include "patchctl/show.h"

#include <stdlib.h>
#include <unistd.h>

#define RED "\033[31m"
#define GREEN "\033[32m"
#define CYAN "\033[36m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

bool
show_is_terminal(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

bool
show_has_colour(FILE *to)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (!no || !no[0]) && term && strcmp(term, "dumb") != 0 &&
	    isatty(fileno(to)) == 1;
}

void
show_text(FILE *to, struct str s)
{
	bool terminal = isatty(fileno(to)) == 1;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool odd = (c < ' ' && c != '\n' && c != '\t') || c == 0x7f;

		putc(terminal && odd ? '?' : c, to);
	}
}

static const char *
colour_of(struct str line)
{
	if (str_starts(line, STR("+++")) || str_starts(line, STR("---")) ||
	    str_starts(line, STR("diff ")))
		return BOLD;
	if (str_starts(line, STR("@@")))
		return CYAN;
	return str_starts(line, STR("+")) ? GREEN :
	    str_starts(line, STR("-")) ? RED : "";
}

void
show_diff(struct str diff)
{
	if (!show_has_colour(stdout)) {
		show_text(stdout, diff);
		return;
	}
	while (diff.p && diff.len) {
		struct str line = str_cut(&diff, '\n');
		const char *colour = colour_of(line);

		fputs(colour, stdout);
		show_text(stdout, line);
		puts(colour[0] ? PLAIN : "");
	}
}

/* The word for a status; of what is only planned it says nothing else. */
static const char *
word_of(const struct patch_event *p, bool dry)
{
	static const char *const good[] = { "applied", "reverted" };

	for (size_t i = 0; i < countof(good); i++)
		if (str_is(p->status, good[i]))
			return good[i];
	if (str_is(p->status, "not_applied"))
		return dry ? "spared" : "not_applied";
	return p->status.p ? p->status.p : "";
}

static void
event_line(FILE *to, const struct patch_event *p, bool dry)
{
	const char *word = word_of(p, dry);
	bool colour = show_has_colour(to);
	bool bad = p->type == EVENT_PATCH_FAILED;

	fprintf(to, "%s%s%s  ", !colour ? "" : bad ? RED : GREEN, word,
	    colour ? PLAIN : "");
	show_text(to, p->file);
	if (p->n_files > 1)
		fprintf(to, " and %zu more", p->n_files - 1);
	fprintf(to, "  %.*s", STR_ARG(p->op));
	if (bad && p->code.p && !str_is(p->code, "not_applied"))
		fprintf(to, "  %.*s", STR_ARG(p->code));
	else if (p->lines_added >= 0 && p->lines_removed >= 0 && !bad)
		fprintf(to, "  +%lld -%lld", (long long)p->lines_added,
		    (long long)p->lines_removed);
	fprintf(to, "  %.*s\n", STR_ARG(p->patch_id));
}

void
show_event(FILE *to, const struct patch_event *p)
{
	event_line(to, p, false);
}

/* Some servers do not tell at which line it begins. */
static void
show_current(struct str text, int64_t line)
{
	fputs("patchctl: this is what stands there now:\n", stderr);
	while (text.p && text.len) {
		if (line > 0)
			fprintf(stderr, "%6lld", (long long)line++);
		fputs("  | ", stderr);
		show_text(stderr, str_cut(&text, '\n'));
		putc('\n', stderr);
	}
}

/* Why this one was refused. */
static void
show_fault(const struct patch_event *p)
{
	fputs("patchctl: ", stderr);
	if (p->file.len) {
		show_text(stderr, p->file);
		fputs(": ", stderr);
	}
	show_text(stderr, p->error);
	if (p->at.len)
		fprintf(stderr, " at %.*s", STR_ARG(p->at));
	putc('\n', stderr);
	if (p->current_text.p)
		show_current(p->current_text, p->current_line);
	if (p->code.p) {
		const struct err_row *row = err_row(err_kind_of(p->code));

		if (err_kind_of(p->code) != ERR_NONE && row->hint[0])
			fprintf(stderr, "patchctl: %s\n", row->hint);
	}
}

static void
say(const struct err *e)
{
	fputs("patchctl: ", stderr);
	show_text(stderr, str(e->detail));
	if (e->at[0])
		fputs(" at ", stderr);
	show_text(stderr, str(e->at));
	putc('\n', stderr);
}

static int
exit_of(const struct local_outcome *o)
{
	if (o->why.kind != ERR_NONE)
		return err_row(o->why.kind)->exit;
	for (size_t i = 0; i < o->n; i++)
		if (o->events[i].type == EVENT_PATCH_FAILED)
			return 1;
	return 0;
}

/* The lines of an outcome; `skip`: they have been shown as they came. */
static int
for_people(const struct local_outcome *o, bool skip)
{
	bool told = false;

	for (size_t i = 0; i < o->n; i++) {
		const struct patch_event *p = &o->events[i];

		/* the diff is the output of a dry run: git apply takes it */
		if (!skip)
			event_line(o->dry_run ? stderr : stdout, p,
			    o->dry_run);
		if (o->dry_run && p->diff.p)
			show_diff(p->diff);
	}
	fflush(stdout);
	for (size_t i = 0; i < o->n; i++) {
		const struct patch_event *p = &o->events[i];

		if (p->type == EVENT_PATCH_FAILED && p->error.p &&
		    !str_is(p->code, "not_applied")) {
			show_fault(p);
			told = true;
		}
	}
	if (o->why.kind != ERR_NONE && !told) {
		say(&o->why);
		if (err_row(o->why.kind)->hint[0])
			fprintf(stderr, "patchctl: %s\n",
			    err_row(o->why.kind)->hint);
	}
	return exit_of(o);
}

int
show_outcome(const struct command_line *l, const struct local_outcome *o)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);

	if (!l->json)
		return for_people(o, false);
	local_answer(o, &out);
	fwrite(out.p, 1, out.len, stdout);
	buf_free(&out);
	return exit_of(o);
}

static struct str
member(const struct json *n, const char *name)
{
	const struct json *v;

	return json_kind(n) == JSON_OBJECT && json_member(n, name, &v) &&
	    json_kind(v) == JSON_STRING ? json_as_str(v) : STR_NONE;
}

/* One problem or fault; kinds that only a newer server knows are what their
 * status says. */
static void
problem_read(const struct json *n, int status, struct err *out)
{
	struct str detail = member(n, "detail"), at = member(n, "at");
	enum err_kind kind = err_kind_of(member(n, "code"));

	if (kind == ERR_NONE)
		kind = status >= 500 ? ERR_UNREACHABLE : ERR_INVALID;
	if (!detail.p)
		detail = member(n, "title");
	if (detail.p)
		err_set(out, kind, "%.*s", STR_ARG(detail));
	else
		err_set(out, kind, "the server answered %d", status);
	if (at.len)
		err_at(out, "%.*s", STR_ARG(at));
}

static void
problems_read(struct arena *a, const struct json *n, int status,
    struct err *out)
{
	const struct json *list;
	struct err *last = out;

	problem_read(n, status, out);
	if (!json_member(n, "errors", &list) ||
	    json_kind(list) != JSON_ARRAY)
		return;
	for (size_t i = 1; i < json_count(list) && i < FAULTS_MAX; i++) {
		last->next = arena_new_of(a, struct err);
		last = last->next;
		problem_read(json_item(list, i), status, last);
	}
}

static int
answer_parse(struct command_line *l, const struct https_answer *got,
    struct str body, struct json_doc **doc, struct err *e)
{
	if (json_parse(body, l->a, doc, e) == 0) {
		if (json_kind(json_root(*doc)) == JSON_OBJECT)
			return 0;
		json_doc_free(*doc);
	}
	return err_set(e, ERR_UNREACHABLE, "the server answered %d, but not "
	    "as Patchwarden does; is the address right?", got->status);
}

static void
print_body(struct str body)
{
	fwrite(body.p, 1, body.len, stdout);
	if (!str_ends(body, STR("\n")))
		putchar('\n');
	fflush(stdout);
}

void
show_problem_read(struct command_line *l, const struct https_answer *got,
    struct err *out)
{
	struct json_doc *doc;

	if (answer_parse(l, got, got->body, &doc, out) != 0) {
		err_set(out, ERR_UNREACHABLE, "the server answered %d",
		    got->status);
		return;
	}
	problem_read(json_root(doc), got->status, out);
	json_doc_free(doc);
}

int
show_problem(struct command_line *l, const struct https_answer *got,
    struct err *e)
{
	struct json_doc *doc;
	struct local_outcome o = { 0 };

	if (answer_parse(l, got, got->body, &doc, e) != 0)
		return -1;
	problems_read(l->a, json_root(doc), got->status, &o.why);
	json_doc_free(doc);
	if (l->json)
		print_body(got->body);
	for (const struct err *one = o.why.next; one; one = one->next)
		say(one);
	if (got->retry_after_s >= 0)
		fprintf(stderr, "patchctl: the server asks to wait %lld s\n",
		    (long long)got->retry_after_s);
	return for_people(&o, false);
}

void
show_stream_line(void *to, struct str line)
{
	struct show_stream *s = to;
	struct patch_event p;

	if (contract_decode_text(&patch_event_contract, line, s->l->a, &p,
	    &(struct err){ 0 }) != 0 || !p.patch_id.p)
		return;			/* the answer, at the end */
	if (p.type == EVENT_PATCH_REQUESTED)
		return;
	event_line(stdout, &p, false);
	fflush(stdout);
	s->shown++;
}

static int
results_read(struct command_line *l, const struct json *n,
    struct local_outcome *o, struct err *e)
{
	const struct json *list, *dry;

	o->dry_run = json_member(n, "dry_run", &dry) && json_as_bool(dry);
	if (!json_member(n, "results", &list) ||
	    json_kind(list) != JSON_ARRAY)
		return 0;
	o->n = json_count(list);
	o->events = arena_array_of(l->a, struct patch_event, o->n + 1);
	for (size_t i = 0; i < o->n; i++)
		if (contract_decode(&patch_event_contract, json_item(list, i),
		    l->a, &o->events[i], e) != 0)
			return -1;
	return 0;
}

int
show_answer(struct command_line *l, const struct https_answer *got,
    const struct show_stream *stream, struct err *e)
{
	struct local_outcome o = { 0 };
	struct str body = got->body;
	struct json_doc *doc;
	const struct json *v;
	int rc;

	if (body.len && body.p[body.len - 1] == '\n')
		body.len--;
	while (str_is(got->type, "application/x-ndjson") &&
	    str_has(body, '\n'))
		str_cut(&body, '\n');	/* the answer is the last line */
	if (answer_parse(l, got, body, &doc, e) != 0)
		return -1;
	if (got->status >= 300 || json_member(json_root(doc), "code", &v))
		problems_read(l->a, json_root(doc), got->status, &o.why);
	rc = results_read(l, json_root(doc), &o, e);
	json_doc_free(doc);
	if (rc != 0)
		return -1;
	if (l->json) {
		print_body(body);
		return exit_of(&o);
	}
	if (got->retry_after_s >= 0)
		fprintf(stderr, "patchctl: the server asks to wait %lld s\n",
		    (long long)got->retry_after_s);
	return for_people(&o, stream && stream->shown);
}
