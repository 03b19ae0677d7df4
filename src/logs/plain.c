#include "logs/plain.h"

#include <ctype.h>
#include <strings.h>

#include "model/log_line.h"

#define LEVEL_LOOK_BYTES 200	/* levels stand at the beginning */

/* As loggers write them in capitals, wherever they stand. */
static const struct level_word {
	struct str word;
	int level;
} capitals[] = {
	{ STR("ERROR"), LINE_ERROR }, { STR("ERR"), LINE_ERROR },
	{ STR("SEVERE"), LINE_ERROR }, { STR("FAIL"), LINE_ERROR },
	{ STR("FAILED"), LINE_ERROR }, { STR("FAILURE"), LINE_ERROR },
	{ STR("FATAL"), LINE_FATAL }, { STR("CRITICAL"), LINE_FATAL },
	{ STR("CRIT"), LINE_FATAL }, { STR("EMERG"), LINE_FATAL },
	{ STR("ALERT"), LINE_FATAL }, { STR("PANIC"), LINE_FATAL },
	{ STR("WARN"), LINE_WARN }, { STR("WARNING"), LINE_WARN },
	{ STR("INFO"), LINE_INFO }, { STR("NOTICE"), LINE_INFO },
	{ STR("DEBUG"), LINE_DEBUG }, { STR("TRACE"), LINE_DEBUG },
	{ STR("VERBOSE"), LINE_DEBUG },
};

/* Texts that no level is written beside. */
static const struct level_word telling[] = {
	{ STR("Traceback (most recent call last)"), LINE_ERROR },
	{ STR("Segmentation fault"), LINE_FATAL },
	{ STR("core dumped"), LINE_FATAL },
	{ STR("Out of memory"), LINE_FATAL },
	{ STR("npm ERR!"), LINE_ERROR },
	{ STR("E   "), LINE_ERROR },		/* pytest */
	{ STR("thread '"), LINE_ERROR },	/* … panicked at */
	{ STR("\xe2\x9c\x97 "), LINE_ERROR }, { STR("\xe2\x9c\x96 "), LINE_ERROR },
	{ STR("\xc3\x97 "), LINE_ERROR },
};

/* How a line begins that belongs to the one before it, though it is not
 * indented. */
static const struct str joined[] = {
	STR("at "), STR("Caused by"), STR("Suppressed:"), STR("... "),
	STR("Stack trace:"), STR("Stacktrace:"), STR("stack backtrace:"),
	STR("Traceback (most recent call last)"),
	STR("--- End of "), STR("goroutine "), STR("created by "),
	STR("note: run with `RUST_BACKTRACE"), STR("Backtrace:"),
	STR("[stack trace"), STR("thrown in "),
};

enum within { NOBODY, PYTHON, PYTHON_CHAIN, GO, RUST };

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* Is it "error:", "[error]", "level=error", "\"error\"", "error TS2304:"? */
static bool
set_apart(struct str s, size_t from, size_t to)
{
	char before = from ? s.p[from - 1] : '\0';
	char behind = to < s.len ? s.p[to] : '\0';

	if (behind == ':')
		return true;
	if (before == '[' || before == '(' || before == '<')
		return behind == ']' || behind == ')' || behind == '>';
	if (before == '=' || before == '"')
		return behind == ' ' || behind == '"' || behind == '\0' ||
		    behind == ',';
	return behind == ' ' && to + 3 < s.len &&
	    isupper((unsigned char)s.p[to + 1]) &&
	    isupper((unsigned char)s.p[to + 2]) &&
	    isdigit((unsigned char)s.p[to + 3]);
}

/* "java.io.IOException:", "TypeError" at the end of the line */
static bool
is_exception(struct str s, size_t from, size_t to)
{
	struct str w = str_n(s.p + from, to - from);

	if (w.len < 6 || !(str_ends(w, STR("Error")) ||
	    str_ends(w, STR("Exception"))))
		return false;
	return to == s.len || s.p[to] == ':';
}

static int
word_level(struct str s, size_t from, size_t to)
{
	struct str w = str_n(s.p + from, to - from);

	for (size_t i = 0; i < countof(capitals); i++) {
		const struct level_word *l = &capitals[i];

		if (w.len != l->word.len)
			continue;
		if (memcmp(w.p, l->word.p, w.len) == 0 ||
		    (strncasecmp(w.p, l->word.p, w.len) == 0 &&
		    set_apart(s, from, to)))
			return l->level;
	}
	return is_exception(s, from, to) ? LINE_ERROR : -1;
}

int
plain_level(struct str line)
{
	struct str s = line;

	if (s.len > LEVEL_LOOK_BYTES)
		s.len = LEVEL_LOOK_BYTES;
	while (s.len && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.len--;
	}
	for (size_t i = 0; i < countof(telling); i++)
		if (str_starts(s, telling[i].word))
			return telling[i].level;
	for (size_t i = 0; i < s.len;) {
		size_t from = i;
		int level;

		while (i < s.len && is_word(s.p[i]))
			i++;
		if (i - from < 3) {
			i += i == from;
			continue;
		}
		level = word_level(s, from, i);
		if (level >= 0)
			return level;
	}
	return -1;
}

/* "#12 main () at x.c:3", "#0 /var/www/x.php(12): f()" */
static bool
is_numbered(struct str s)
{
	size_t i = 1;

	if (!s.len || s.p[0] != '#')
		return false;
	while (i < s.len && isdigit((unsigned char)s.p[i]))
		i++;
	return i > 1 && i < s.len && s.p[i] == ' ';
}

/* "main.main()", "net/http.(*conn).serve(0xc0000b4000)" */
static bool
is_go_call(struct str s)
{
	return s.len > 3 && s.p[s.len - 1] == ')' && str_has(s, '.') &&
	    str_has(s, '(') && !str_has(s, ' ');
}

static bool
begins_trace(struct plain_stack *p, struct str s)
{
	if (str_starts(s, STR("panic:")) ||
	    str_starts(s, STR("fatal error:")) ||
	    str_starts(s, STR("goroutine ")))
		p->within = GO;
	else if (str_starts(s, STR("thread '")) &&
	    str_find(s, STR("' panicked at")) < s.len)
		p->within = RUST;
	else if (str_starts(s, STR("Traceback (most recent call last)")))
		p->within = PYTHON;
	else
		return false;
	return true;
}

/* A line that is not indented, within the trace of a language. */
static bool
goes_on(struct plain_stack *p, struct str s)
{
	switch (p->within) {
	case PYTHON:	/* the error itself; another may follow from it */
		p->within = PYTHON_CHAIN;
		return true;
	case PYTHON_CHAIN:
		if (s.len == 0)
			return true;
		if (str_starts(s, STR("During handling of the above")) ||
		    str_starts(s, STR("The above exception was the direct")))
			return true;
		break;
	case GO:
		if (s.len == 0 || is_go_call(s) ||
		    str_starts(s, STR("[signal ")))
			return true;
		break;
	case RUST:	/* what it says stands in the line below */
		p->within = NOBODY;
		return true;
	default:
		break;
	}
	p->within = NOBODY;
	return false;
}

bool
plain_continues(struct plain_stack *p, struct str line)
{
	bool yes = false;

	if (p->open && line.len && (line.p[0] == ' ' || line.p[0] == '\t'))
		return true;
	for (size_t i = 0; p->open && !yes && i < countof(joined); i++)
		yes = str_starts(line, joined[i]);
	yes = p->open && (yes || is_numbered(line));
	if (!begins_trace(p, line) && !yes)
		yes = p->open && goes_on(p, line);
	p->open = line.len != 0 || yes;
	return yes;
}
