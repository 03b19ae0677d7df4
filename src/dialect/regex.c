#include "dialect/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/clock.h"
#include "dialect/line_list.h"

/* Calls of PCRE2 before an item of the pattern, between two looks at the
 * clock: at most that often one run over a line. */
#define CALLS_PER_LOOK 64

struct watch {
	int64_t until_ms;
	unsigned calls;
};

struct matcher {
	pcre2_compile_context *cc;
	pcre2_match_context *mc;
	pcre2_match_data *md;
	pcre2_code *code;
	struct watch watch;
};

static bool
late(struct watch *w)
{
	return w->calls++ % CALLS_PER_LOOK == 0 &&
	    clock_mono_ms() >= w->until_ms;
}

/* PCRE2's limits count from each place of a line anew; the clock does not. */
static int
on_callout(pcre2_callout_block *block, void *watch)
{
	(void)block;
	return late(watch) ? PCRE2_ERROR_CALLOUT : 0;
}

static int
no_pattern(int code, size_t offset, struct err *e)
{
	char why[120] = "";

	pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof(why));
	return err_set(e, ERR_INVALID, "The pattern is no regular expression: "
	    "%s at byte %zu", why, offset);
}

static int
compile(struct matcher *m, struct str pattern, struct err *e)
{
	size_t offset = 0;
	int code = 0;

	if (pattern.len > REGEX_PATTERN_BYTES)
		return err_set(e, ERR_LIMIT_EXCEEDED, "The pattern has %zu "
		    "bytes; at most %d are allowed", pattern.len,
		    REGEX_PATTERN_BYTES);
	m->cc = pcre2_compile_context_create(NULL);
	m->mc = pcre2_match_context_create(NULL);
	if (!m->cc || !m->mc)
		abort();
	pcre2_set_newline(m->cc, PCRE2_NEWLINE_LF);
	m->code = pcre2_compile((PCRE2_SPTR)(pattern.len ? pattern.p : ""),
	    pattern.len, PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
	    PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT, &code, &offset,
	    m->cc);
	if (!m->code)
		return no_pattern(code, offset, e);
	/* One pair: only whether it matches is asked. */
	m->md = pcre2_match_data_create(1, NULL);
	if (!m->md)
		abort();
	pcre2_set_match_limit(m->mc, REGEX_STEPS);
	pcre2_set_depth_limit(m->mc, REGEX_STEPS);
	pcre2_set_heap_limit(m->mc, REGEX_HEAP_BYTES >> 10);
	pcre2_set_callout(m->mc, on_callout, &m->watch);
	return 0;
}

static void
matcher_end(struct matcher *m)
{
	pcre2_match_data_free(m->md);
	pcre2_code_free(m->code);
	pcre2_match_context_free(m->mc);
	pcre2_compile_context_free(m->cc);
}

static const char *
limit_name(int rc)
{
	switch (rc) {
	case PCRE2_ERROR_MATCHLIMIT: return "more steps than are allowed";
	case PCRE2_ERROR_DEPTHLIMIT: return "more depth than is allowed";
	case PCRE2_ERROR_HEAPLIMIT: return "more memory than is allowed";
	case PCRE2_ERROR_CALLOUT: return "more time than is allowed";
	default: return "too much";
	}
}

/* 1: the line matches, 0: it does not. */
static int
match(struct matcher *m, struct str line, size_t number, struct err *e)
{
	int rc = PCRE2_ERROR_CALLOUT;

	if (line.len > REGEX_LINE_BYTES)
		return err_set(e, ERR_LIMIT_EXCEEDED, "Line %zu has %zu bytes; "
		    "a pattern takes lines up to %zu, an anchor any",
		    number + 1, line.len, REGEX_LINE_BYTES);
	if (!late(&m->watch))
		rc = pcre2_match(m->code, (PCRE2_SPTR)line.p, line.len, 0, 0,
		    m->md, m->mc);
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	return err_set(e, ERR_LIMIT_EXCEEDED, "The pattern needs %s, in line "
	    "%zu; make it simpler, or use an anchor", limit_name(rc),
	    number + 1);
}

int
regex_find(struct arena *a, struct str pattern, struct str text,
    int64_t deadline_ms, size_t **lines, size_t *n, struct err *e)
{
	struct matcher m = { .watch.until_ms = clock_mono_ms() + deadline_ms };
	struct line_list list = { 0 };
	struct str rest = text;
	int rc = compile(&m, pattern, e);

	*lines = NULL;
	*n = 0;
	/* A byte order mark is no part of the first line. */
	if (str_starts(rest, STR("\xef\xbb\xbf")))
		rest = str_n(rest.p + 3, rest.len - 3);
	for (size_t i = 0; rc == 0 && rest.len; i++) {
		struct str line = str_cut(&rest, '\n');

		if (line.len && line.p[line.len - 1] == '\r')
			line.len--;
		rc = match(&m, line, i, e);
		if (rc > 0)
			line_list_add(a, &list, i);
		rc = rc < 0 ? -1 : 0;
	}
	matcher_end(&m);
	if (rc != 0)
		return -1;
	*lines = list.line;
	*n = list.n;
	return 0;
}
