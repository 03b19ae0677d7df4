#include "json/json_check.h"
#include "json/json_walk.h"
#include "json/json_writer.h"
#include "logs/needles.h"
#include "logs/redact_form.h"

/* A container that is open. */
struct level {
	bool object;
	int kind;	/* of secret, that all in it is; -1 */
	int named;	/* its member "name" says that "value" is one; -1 */
};

struct json_pass {
	const struct redactor *r;
	struct arena *a;
	struct redact_counts *counts;
	struct str s;
	size_t at;
	struct buf *out;
	struct level levels[JSON_MAX_DEPTH + 1];
	int depth;
	bool key;		/* the name of a member comes next */
	int kind;		/* of the value that comes next; -1 */
	struct str name;	/* of that value */
	size_t renamed;		/* members */
};

/* The quoted string that begins at p->at. */
static struct str
string_token(const struct json_pass *p)
{
	size_t i = p->at + 1;

	while (p->s.p[i] != '"')
		i += p->s.p[i] == '\\' ? 2 : 1;
	return str_n(p->s.p + p->at, i + 1 - p->at);
}

static void
put_mark(struct json_pass *p, int kind)
{
	buf_addf(p->out, "\"" MARK_BEGIN "%s]\"", redact_kinds[kind]);
	if (p->counts) {
		p->counts->by[kind]++;
		p->counts->all++;
	}
}

static bool
is_any_of(struct str s, const char *const names[], size_t n)
{
	return str_index(s, names, n) >= 0;
}

static void
put_name(struct json_pass *p, struct str token)
{
	static const char *const values[] = { "value", "val", "content" };
	struct level *in = &p->levels[p->depth];
	struct str name = json_walk_text(token, p->a);
	struct str clean = log_redacted(p->r, p->a, name, p->counts);

	p->name = name;
	p->kind = in->kind;
	if (p->kind < 0)
		p->kind = name_kind(p->r, name);
	if (p->kind < 0 && is_any_of(name, values, countof(values)))
		p->kind = in->named;
	if (clean.p == name.p) {
		buf_add(p->out, token);
		return;
	}
	/* two that were different must not become the same */
	if (p->renamed++)
		clean = arena_fmt(p->a, "%.*s %zu", STR_ARG(clean),
		    p->renamed);
	json_quote(p->out, clean);
}

static void
put_text(struct json_pass *p, struct str token)
{
	static const char *const names[] = { "name", "key", "header", "field" };
	struct str text = json_walk_text(token, p->a), clean;

	if (p->levels[p->depth].object &&
	    is_any_of(p->name, names, countof(names)))
		p->levels[p->depth].named = name_kind(p->r, text);
	if (p->kind >= 0 && text.len && mark_end(text, 0) != text.len &&
	    !value_is_trivial(text, (enum redact_kind)p->kind)) {
		put_mark(p, p->kind);
		return;
	}
	clean = log_redacted(p->r, p->a, text, p->counts);
	if (clean.p == text.p)
		buf_add(p->out, token);
	else
		json_quote(p->out, clean);
}

static void
put_scalar(struct json_pass *p)
{
	size_t i = p->at;
	struct str token;

	while (i < p->s.len && !strchr(",]} \t\r\n", p->s.p[i]))
		i++;
	token = str_n(p->s.p + p->at, i - p->at);
	if (p->kind >= 0 &&
	    !value_is_trivial(token, (enum redact_kind)p->kind))
		put_mark(p, p->kind);
	else
		buf_add(p->out, token);
	p->at = i;
}

static void
open_level(struct json_pass *p, char c)
{
	p->levels[++p->depth] = (struct level){ c == '{', p->kind, -1 };
	p->key = c == '{';
}

static void
close_level(struct json_pass *p)
{
	p->depth--;
	p->kind = p->levels[p->depth].kind;
}

static void
step(struct json_pass *p)
{
	char c = p->s.p[p->at];
	struct str token;

	if (c == '"') {
		token = string_token(p);
		if (p->key)
			put_name(p, token);
		else
			put_text(p, token);
		p->key = false;
		p->at += token.len;
		return;
	}
	if (!strchr("{[]},: \t\r\n", c)) {
		put_scalar(p);
		return;
	}
	if (c == '{' || c == '[')
		open_level(p, c);
	else if (c == '}' || c == ']')
		close_level(p);
	else if (c == ',')
		p->key = p->levels[p->depth].object;
	buf_addc(p->out, c);
	p->at++;
}

/* Something that could be a secret, or hide one. */
static bool
is_suspect(const struct redactor *r, struct str s)
{
	struct needles_at at = { 0 };

	return str_has(s, '\\') ||
	    needles_next(redactor_needles(r), &at, s, s.len) >= 0;
}

struct str
log_redacted_json(const struct redactor *r, struct arena *a, struct str json,
    struct redact_counts *c)
{
	struct buf out = BUF_INIT(SIZE_MAX / 2);
	struct json_pass p = { .r = r, .a = a, .counts = c, .s = json,
	    .out = &out, .kind = -1 };
	struct str s = json;
	bool open = c && c->open;

	if (!is_suspect(r, json))
		return json;
	p.levels[0] = (struct level){ false, -1, -1 };
	if (json_check(json, a, NULL) != 0) {
		/* against what was said; it is text, then */
		json_quote(&out, log_redacted(r, a, json, c));
	} else {
		while (p.at < json.len)
			step(&p);
	}
	if (!str_eq(buf_str(&out), json))
		s = arena_str(a, buf_str(&out));
	buf_free(&out);
	if (c)
		c->open = open;		/* that is about messages */
	return s;
}
