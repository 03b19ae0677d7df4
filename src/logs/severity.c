#include "logs/severity.h"

#include "base/buf.h"
#include "base/utf8.h"

/* The first that holds decides.  What ends a service, or loses data, is worst;
 * what many see is worse than what one does. */
static const char builtin[] =
    "1 text=\"*out of memory*\" level>=error\n"
    "1 text=\"*no space left on device*\"\n"
    "1 text=\"*data loss*\"\n"
    "1 text=\"*corrupt*\" level>=error\n"
    "1 text=\"*segmentation fault*\"\n"
    "1 type=SIGSEGV\n"
    "1 level=fatal kind=worker-log\n"
    "1 level=error kind=worker-log services>=5\n"
    "2 type=panic\n"
    "2 text=\"*permission denied*\" kind=worker-log level>=error count>=10\n"
    "2 level>=error kind=worker-log count>=100\n"
    "2 level=fatal\n"
    "2 level>=error kind=build-log runs>=5\n"
    "3 level>=error\n"
    "4 level=warn count>=1000\n"
    "4 level=warn\n"
    "5\n";

enum operator { IS, IS_NOT, AT_LEAST, AT_MOST };

enum subject {
	KIND, SOURCE, SERVICE, REPO, WORKFLOW, JOB, STEP, TYPE, TEXT,
	LEVEL, COUNT, RUNS, SERVICES, SUBJECT__MAX
};

static const char *const subjects[] = {
	"kind", "source", "service", "repo", "workflow", "job", "step",
	"type", "text", "level", "count", "runs", "services"
};

struct condition {
	enum subject of;
	enum operator is;
	struct str pattern;
	int64_t number;		/* also of a level */
	struct condition *next;
};

struct rule {
	int severity;
	struct str line;
	struct condition *conditions;
	struct rule *next;
};

struct severity_rules {
	struct rule *first;
};

struct str
severity_builtin(void)
{
	return str_n(builtin, sizeof(builtin) - 1);
}

/* -- reading -- */

struct parser {
	struct arena *a;
	const char *name;
	int line;
	struct err *e;
};

static int
refuse(const struct parser *p, struct str what, const char *why)
{
	struct buf shown = BUF_INIT(KIB(1));

	if (what.len > 80)
		what.len = 80;
	utf8_clean(&shown, what);
	err_set(p->e, ERR_CONFIG, "\"%.*s\" %s; a rule is a severity from 1 to 5 "
	    "and conditions such as level>=error or text=\"*timeout*\"",
	    STR_ARG(buf_str(&shown)), why);
	buf_free(&shown);
	return err_at(p->e, "%s:%d", p->name, p->line);
}

/* The next word; in quotes it may have blanks.  -1: a quote is open. */
static int
next_word(struct str *rest, struct str *out)
{
	size_t i = 0;
	bool quoted = false;

	*rest = str_trim(*rest);
	while (i < rest->len && (quoted || (rest->p[i] != ' ' &&
	    rest->p[i] != '\t'))) {
		quoted ^= rest->p[i] == '"';
		i++;
	}
	*out = str_n(rest->p, i);
	*rest = str_n(rest->p + i, rest->len - i);
	return quoted ? -1 : 0;
}

static int
take_operator(struct str *s, enum operator *out)
{
	static const struct { const char *text; enum operator is; } ops[] = {
		{ ">=", AT_LEAST }, { "<=", AT_MOST }, { "!=", IS_NOT },
		{ "=", IS }
	};

	for (size_t i = 0; i < countof(ops); i++)
		if (str_starts(*s, str(ops[i].text))) {
			size_t n = strlen(ops[i].text);

			*s = str_n(s->p + n, s->len - n);
			*out = ops[i].is;
			return 0;
		}
	return -1;
}

static int
take_subject(struct str *s, enum subject *out)
{
	size_t n = 0;

	while (n < s->len && s->p[n] >= 'a' && s->p[n] <= 'z')
		n++;
	for (int i = 0; i < SUBJECT__MAX; i++)
		if (str_is(str_n(s->p, n), subjects[i])) {
			*s = str_n(s->p + n, s->len - n);
			*out = (enum subject)i;
			return 0;
		}
	return -1;
}

static struct str
unquoted(struct str s)
{
	if (s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"')
		return str_n(s.p + 1, s.len - 2);
	return s;
}

static int
parse_condition(const struct parser *p, struct str word, struct condition *c)
{
	struct str rest = word;
	enum line_level level;

	if (take_subject(&rest, &c->of) != 0)
		return refuse(p, word, "begins with no name that a rule may ask "
		    "for");
	if (take_operator(&rest, &c->is) != 0)
		return refuse(p, word, "has none of = != >= <= behind its name");
	c->pattern = unquoted(rest);
	if (!c->pattern.len)
		return refuse(p, word, "has no value");
	if (c->of < LEVEL) {
		if (c->is != IS && c->is != IS_NOT)
			return refuse(p, word, "compares a text: that takes "
			    "= and != only");
		return 0;
	}
	if (c->is == IS_NOT)
		return refuse(p, word, "takes = >= <= only");
	if (c->of != LEVEL && !str_int(c->pattern, &c->number))
		return refuse(p, word, "has no number");
	if (c->of == LEVEL) {
		if (line_level_parse(c->pattern, &level) != 0)
			return refuse(p, word, "names no level (debug, info, "
			    "warn, error, fatal)");
		c->number = level;
	}
	return 0;
}

static int
parse_rule(const struct parser *p, struct str line, struct rule *r)
{
	struct condition **end = &r->conditions;
	struct str rest = line, word;

	r->line = line;
	if (next_word(&rest, &word) != 0 || word.len != 1 ||
	    word.p[0] < '0' + SEVERITY_WORST || word.p[0] > '0' + SEVERITY_LEAST)
		return refuse(p, word, "is no severity");
	r->severity = word.p[0] - '0';
	while (str_trim(rest).len) {
		if (next_word(&rest, &word) != 0)
			return refuse(p, word, "has a quote that is not closed");
		*end = arena_new_of(p->a, struct condition);
		if (parse_condition(p, word, *end) != 0)
			return -1;
		end = &(*end)->next;
	}
	return 0;
}

/* Without the comment, which a '#' outside of quotes begins. */
static struct str
bare_line(struct str line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		quoted ^= line.p[i] == '"';
		if (line.p[i] == '#' && !quoted &&
		    (!i || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			line.len = i;
	}
	while (line.len && strchr(" \t\r", line.p[line.len - 1]))
		line.len--;
	return str_trim(line);
}

static int
parse_rules(struct parser *p, struct str text, struct rule ***end)
{
	int n = 0;

	for (p->line = 1; text.p; p->line++) {
		struct str line = bare_line(str_cut(&text, '\n'));

		if (!line.len)
			continue;
		if (++n > SEVERITY_MAX_RULES)
			return refuse(p, line, "is one rule too many");
		**end = arena_new_of(p->a, struct rule);
		if (parse_rule(p, line, **end) != 0)
			return -1;
		*end = &(**end)->next;
	}
	return 0;
}

int
severity_parse(struct arena *a, struct str text, const char *name,
    struct severity_rules **out, struct err *e)
{
	struct parser p = { .a = a, .name = name, .e = e };
	struct rule **end;

	*out = arena_new_of(a, struct severity_rules);
	end = &(*out)->first;
	if (parse_rules(&p, text, &end) != 0)
		return -1;
	p.name = "built-in";
	return parse_rules(&p, severity_builtin(), &end);
}

/* -- asking -- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* '*' is anything, '?' one byte; goes back to the last '*' only. */
static bool
matches(struct str pattern, struct str s)
{
	size_t p = 0, i = 0, star = SIZE_MAX, from = 0;

	while (i < s.len) {
		if (p < pattern.len && pattern.p[p] == '*') {
			star = p++;
			from = i;
		} else if (p < pattern.len && (pattern.p[p] == '?' ||
		    lower(pattern.p[p]) == lower(s.p[i]))) {
			p++;
			i++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.p[p] == '*')
		p++;
	return p == pattern.len;
}

static struct str
text_of(const struct severity_facts *f, enum subject of)
{
	switch (of) {
	case KIND:
		return str(line_kinds[f->kind == LINE_BUILD ? LINE_BUILD :
		    LINE_WORKER]);
	case SOURCE: return f->source;
	case SERVICE: return f->service;
	case REPO: return f->repo;
	case WORKFLOW: return f->workflow;
	case JOB: return f->job;
	case STEP: return f->step;
	case TYPE: return f->error_type;
	default: return f->text;
	}
}

static int64_t
number_of(const struct severity_facts *f, enum subject of)
{
	switch (of) {
	case LEVEL: return f->level;
	case COUNT: return f->count;
	case RUNS: return f->runs;
	default: return f->services;
	}
}

static bool
holds(const struct condition *c, const struct severity_facts *f)
{
	int64_t n;

	if (c->of < LEVEL)
		return matches(c->pattern, text_of(f, c->of)) == (c->is == IS);
	n = number_of(f, c->of);
	return c->is == AT_LEAST ? n >= c->number :
	    c->is == AT_MOST ? n <= c->number : n == c->number;
}

int
severity_of(const struct severity_rules *r, const struct severity_facts *f,
    struct str *rule)
{
	for (const struct rule *i = r->first; i; i = i->next) {
		const struct condition *c = i->conditions;

		while (c && holds(c, f))
			c = c->next;
		if (!c) {
			*rule = i->line;
			return i->severity;
		}
	}
	*rule = STR("no rule");		/* never: the last built-in always holds */
	return SEVERITY_LEAST;
}
