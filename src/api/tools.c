#include "api/tools.h"

#include "api/answer.h"
#include "api/github.h"
#include "api/program.h"
#include "model/scope.h"

#define NUMBER(text) F_INT(struct github_change, number, "number", FIELD_REQUIRED, 1, INT64_MAX, -1, text)

static const struct field comment_fields[] = {
	NUMBER("The number of the issue or pull request."),
	F_STR(struct github_change, body, "body", FIELD_REQUIRED, 1, KIB(256), FMT_TEXT, "What is said, in Markdown."),
	GITHUB_REPO_FIELD(struct github_change),
	F_END
};
static const struct contract comment_contract = {
	.name = "CommentOnIssue", .size = sizeof(struct github_change),
	.fields = comment_fields, .doc = "A comment on an issue.",
};
static const struct field close_fields[] = {
	NUMBER("The number of the issue."),
	GITHUB_REPO_FIELD(struct github_change),
	F_END
};
static const struct contract close_contract = {
	.name = "CloseIssue", .size = sizeof(struct github_change),
	.fields = close_fields, .doc = "An issue to be closed.",
};

/* Whatever a tool's contract fills in. */
union arguments {
	struct github_list list;
	struct github_new_issue new_issue;
	struct github_change change;
};

static int
close_issue(struct call *c, void *arg, struct verb_answer *out,
    struct err *e)
{
	struct github_change *ch = arg;

	ch->state = GITHUB_TO_CLOSED;
	return github_set_state(c, ch, out, e);
}

static const struct tool {
	const char *name;
	enum scope scope;
	const struct contract *takes;
	program_verb_fn *run;
	const char *doc;
} tools[] = {
	{ "listIssues", SCOPE_OPS_READ, &github_list_contract, github_list_issues, "List issues of a GitHub repository, the newest first." },
	{ "listPRs", SCOPE_OPS_READ, &github_prs_contract, github_list_prs, "List pull requests of a GitHub repository, the newest first." },
	{ "createIssue", SCOPE_GITHUB_WRITE, &github_new_issue_contract, github_create_issue, "Make an issue in a GitHub repository." },
	{ "commentOnIssue", SCOPE_GITHUB_WRITE, &comment_contract, github_comment_on, "Comment on an issue or pull request on GitHub." },
	{ "closeIssue", SCOPE_GITHUB_WRITE, &close_contract, close_issue, "Close an issue on GitHub." },
};

static void
put_tool(struct answer *an, const struct tool *t)
{
	json_object_open(&an->w);
	answer_text(an, "type", STR("function"));
	json_key(&an->w, "function");
	json_object_open(&an->w);
	answer_text(an, "name", str(t->name));
	answer_text(an, "description", str(t->doc));
	json_key(&an->w, "parameters");
	contract_strict(t->takes, &an->w);
	json_key(&an->w, "strict");
	json_put_bool(&an->w, true);
	json_object_close(&an->w);
	json_object_close(&an->w);
}

int
tools_list(struct call *c, struct err *e)
{
	struct verb_answer out;
	struct answer an;

	if (program_no_query(c, e) != 0)
		return -1;
	answer_begin(&an);
	json_key(&an.w, "tools");
	json_array_open(&an.w);
	for (size_t i = 0; i < countof(tools); i++)
		put_tool(&an, &tools[i]);
	json_array_close(&an.w);
	if (answer_end(&an, c->arena, &out, e) != 0)
		return -1;
	program_answer(c, &out);
	return 0;
}

static const struct tool *
find(struct str name, struct arena *a, struct err *e)
{
	struct str all = STR("");

	for (size_t i = 0; i < countof(tools); i++) {
		if (str_is(name, tools[i].name))
			return &tools[i];
		all = arena_fmt(a, "%.*s%s%s", STR_ARG(all), i ? ", " : "",
		    tools[i].name);
	}
	err_set(e, ERR_NOT_FOUND, "there is no tool %.*s; there are %.*s",
	    (int)(name.len > 64 ? 64 : name.len), name.p, STR_ARG(all));
	return NULL;
}

/* Models give arguments as a text; who calls may pass that on as it is. */
static int
decode(struct call *c, const struct tool *t, union arguments *out,
    struct err *e)
{
	const struct json *root, *text = NULL;
	struct json_doc *doc;
	int rc;

	if (json_parse(c->req->body, c->arena, &doc, e) != 0)
		return -1;
	root = json_root(doc);
	if (json_kind(root) == JSON_OBJECT && json_count(root) == 1 &&
	    json_member(root, "arguments", &text) &&
	    json_kind(text) == JSON_STRING) {
		struct str args = str_trim(json_as_str(text));

		rc = contract_decode_text(t->takes, args.len ? args :
		    STR("{}"), c->arena, out, e);
	} else {
		rc = contract_decode(t->takes, root, c->arena, out, e);
	}
	json_doc_free(doc);
	return rc;
}

int
tools_call(struct call *c, struct err *e)
{
	const struct tool *t = find(c->param[0], c->arena, e);
	union arguments args = { 0 };

	if (!t || program_no_query(c, e) != 0)
		return -1;
	if (!scope_granted(c->caller.scopes, t->scope))
		return err_set(e, ERR_SCOPE_MISSING,
		    "the token lacks the scope %s", scope_name(t->scope));
	if (decode(c, t, &args, e) != 0)
		return -1;
	return program_once(c, t->run, &args, e);
}
