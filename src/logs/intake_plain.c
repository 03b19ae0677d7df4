#include "logs/intake_reader.h"
#include "logs/plain.h"

#define STAMP_AT_T	10	/* "2024-05-01T" */
#define STAMP_MAX_BYTES	36
#define LEVEL_LINES	8	/* of a message: where its level is looked for */
#define TAIL_BYTES	KIB(64)	/* no secret is longer */

struct plain_text {
	struct reader *x;
	bool github;
	struct str message;	/* one or more lines of the body */
	size_t lines;
	struct plain_stack stack;
	char step[NAME_MAX_BYTES];	/* of a job, that goes on */
	size_t step_len;
};

/* Is there GitHub's time before it? */
static bool
is_stamped(struct str line)
{
	return line.len > STAMP_AT_T + 9 && line.p[STAMP_AT_T] == 'T' &&
	    line.p[4] == '-' && line.p[7] == '-' && line.p[13] == ':';
}

static struct str
without_stamp(struct str line)
{
	size_t n = 0;

	if (str_starts(line, STR("\xef\xbb\xbf"))) {
		line.p += 3;
		line.len -= 3;
	}
	if (!is_stamped(line))
		return line;
	while (n < line.len && n < STAMP_MAX_BYTES && line.p[n] != ' ')
		n++;
	n += n < line.len;
	return str_n(line.p + n, line.len - n);
}

/* The worst that its first lines tell, or -1. */
static int
level_of(const struct plain_text *t)
{
	struct str rest = t->message;
	int worst = -1;

	for (size_t i = 0; rest.p && i < LEVEL_LINES; i++) {
		struct str line = str_cut(&rest, '\n');
		int level = plain_level(t->github ? without_stamp(line) : line);

		if (level > worst)
			worst = level;
	}
	return worst;
}

/* A time at the beginning of the line, if it is a whole one. */
static void
set_time(struct log_line *l, struct str s)
{
	size_t n = STAMP_AT_T + 1;

	if (s.len < 19 || s.p[4] != '-' || s.p[7] != '-' || s.p[13] != ':' ||
	    (s.p[STAMP_AT_T] != 'T' && s.p[STAMP_AT_T] != ' '))
		return;
	while (n < s.len && n < STAMP_MAX_BYTES && s.p[n] != ' ' &&
	    s.p[n] != '\n')
		n++;
	intake_time(str_n(s.p, n), &l->ts);
}

/* The line that opens a group says which step of the job runs. */
static void
note_step(struct plain_text *t, const struct log_line *l)
{
	struct str s = l->message, rest = s;

	if (!t->x->wash.found.opens || !str_starts(s, STR("Run ")))
		return;
	s = log_cut(t->x->a, str_cut(&rest, '\n'), sizeof(t->step));
	memcpy(t->step, s.p, s.len);
	t->step_len = s.len;
}

/* Of a line that is a body of its own the rest is left out, from a blank on:
 * the end must not be half of a secret. */
static struct str
shortened(struct plain_text *t)
{
	struct str s = t->message;
	size_t n = LOG_RECORD_MAX_BYTES, least = n - TAIL_BYTES;

	if (s.len <= n)
		return s;
	t->x->wash.cut++;
	while (n > least && s.p[n - 1] != ' ' && s.p[n - 1] != '\n')
		n--;
	return str_n(s.p, n);
}

static int
give(struct plain_text *t)
{
	struct reader *x = t->x;
	struct log_line l = reader_line(x);
	int level, rc;

	if (!t->message.p)
		return 0;
	reader_record(x);
	level = level_of(t);
	if (level >= 0)
		l.level = level;
	l.message = shortened(t);
	if (!t->github)
		set_time(&l, l.message);
	else if (!l.step.len && t->step_len)
		l.step = str_n(t->step, t->step_len);
	t->message = STR_NONE;
	rc = reader_give(x, &l, t->github ? CLEAN_GITHUB : 0);
	note_step(t, &l);
	return rc;
}

static bool
joins(struct plain_text *t, struct str line)
{
	bool yes = plain_continues(&t->stack, t->github ?
	    without_stamp(line) : line);

	return yes && t->message.p && t->lines < LOG_JOIN_MAX_LINES &&
	    t->message.len < LOG_JOIN_MAX_BYTES;
}

static int
read_lines(struct reader *x, bool github)
{
	struct plain_text t = { .x = x, .github = github };
	struct str rest = x->body;

	while (rest.p) {
		struct str line = str_cut(&rest, '\n');

		if (line.len && line.p[line.len - 1] == '\r')
			line.len--;
		if (joins(&t, line)) {
			t.message.len = (size_t)(line.p + line.len -
			    t.message.p);
			t.lines++;
			continue;
		}
		if (give(&t) != 0)
			return -1;
		t.lines = 1;
		if (line.len)
			t.message = line;
	}
	return give(&t);
}

int
intake_plain(struct reader *x)
{
	return read_lines(x, false);
}

int
intake_github_job(struct reader *x)
{
	return read_lines(x, true);
}

bool
looks_github_job(struct str body)
{
	struct str rest = body, line;

	if (str_starts(rest, STR("\xef\xbb\xbf"))) {
		rest.p += 3;
		rest.len -= 3;
	}
	line = str_cut(&rest, '\n');
	/* seven digits of a second, as nobody else writes them */
	return line.len >= 28 && is_stamped(line) && line.p[19] == '.' &&
	    line.p[27] == 'Z';
}

bool
looks_plain(struct str body)
{
	(void)body;
	return true;
}
