#include "logs/frames.h"

#include "logs/frame_line.h"

/* One error of a trace that may have several, each the cause of another. */
struct reading {
	struct arena *a;
	struct trace *out;
	/* Most are others, and most of those are never asked for. */
	struct frame_text ours[FRAMES_MAX], others[FRAMES_MAX];
	size_t n_ours, n_others, n_frames;
	struct frame_text open;	/* its file comes on the next line */
	bool last_is_first;	/* Python: where it happened comes last */
	bool done;
};

static const char *
eat(struct str *s, const char *const *prefixes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str p = str(prefixes[i]);

		if (str_starts(*s, p)) {
			*s = str_trim(str_n(s->p + p.len, s->len - p.len));
			return prefixes[i];
		}
	}
	return NULL;
}

/* A name that errors have: one word, with a capital or a dot in it. */
static bool
is_type(struct str s)
{
	bool told = false;

	if (!s.len || s.len > 120 || !(isalpha((unsigned char)s.p[0]) ||
	    s.p[0] == '_' || s.p[0] == '\\'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!isalnum((unsigned char)c) && !strchr("_.$:\\", c))
			return false;
		told |= (c >= 'A' && c <= 'Z') || c == '.' || c == ':';
	}
	return told;
}

/* "TypeError: x is not …", with what programs put before it. */
static bool
read_type(struct str line, struct trace *out)
{
	static const char *const prefixes[] = {
		"Uncaught (in promise)", "Uncaught", "Unhandled exception.",
		"PHP Fatal error:", "Fatal error:", "Unhandled Rejection:",
		"[cause]:", "Caused by:", "--->", "ERROR", "error:", "Error -"
	};
	struct str s = str_trim(line), type;
	size_t colon;

	if (str_starts(s, STR("Exception in thread \""))) {
		size_t end = str_find(str_n(s.p + 21, s.len - 21), STR("\" "));

		if (end + 23 <= s.len)
			s = str_n(s.p + end + 23, s.len - end - 23);
	}
	while (eat(&s, prefixes, countof(prefixes)))
		;
	colon = str_find(s, STR(": "));
	type = str_n(s.p, colon);
	if (type.len && type.p[type.len - 1] == ':')
		type.len--;
	type.len = str_find(type, STR(" ["));	/* "Error [ERR_X]: …" */
	if (!is_type(type))
		return false;
	out->error_type = type;
	out->headline = s;
	return true;
}

/* What says that the program ends without naming a type. */
static bool
read_signal(struct str line, struct trace *out)
{
	static const struct { const char *text, *language, *type; } rows[] = {
		{ "panic: ", "go", "panic" },
		{ "fatal error: ", "go", "fatal error" },
		{ "' panicked at ", "rust", "panic" },
		{ "AddressSanitizer: ", "c", NULL },
		{ "UndefinedBehaviorSanitizer: ", "c", NULL },
		{ "received signal ", "c", NULL },
		{ "terminated with signal ", "c", NULL },
	};
	struct str s = str_trim(line);

	for (size_t i = 0; i < countof(rows); i++) {
		size_t at = str_find(s, str(rows[i].text));
		struct str after;

		if (at == s.len)
			continue;
		at += strlen(rows[i].text);
		after = str_n(s.p + at, s.len - at);
		out->language = rows[i].language;
		out->error_type = rows[i].type ? str(rows[i].type) :
		    str_n(after.p, str_find(after, STR(" ")));
		if (str_has(out->error_type, ','))
			out->error_type.len =
			    str_find(out->error_type, STR(","));
		out->headline = s;
		return true;
	}
	return false;
}

/* Put t last; of a full list the first is dropped when the last ones count. */
static void
put(struct reading *r, struct frame_text *list, size_t *n,
    const struct frame_text *t)
{
	/* How deep a recursion went is chance. */
	if (*n && str_eq(list[*n - 1].function, t->function) &&
	    str_eq(list[*n - 1].file, t->file))
		return;
	if (*n == FRAMES_MAX) {
		if (!r->last_is_first)
			return;
		memmove(list, list + 1, (FRAMES_MAX - 1) * sizeof(*list));
		--*n;
	}
	list[(*n)++] = *t;
}

static void
put_frame(struct reading *r, const struct frame_text *t)
{
	r->n_frames++;
	if (frame_is_ours(t))
		put(r, r->ours, &r->n_ours, t);
	else
		put(r, r->others, &r->n_others, t);
}

static void
close_open(struct reading *r)
{
	if (r->open.form != FRAME_NONE)
		put_frame(r, &r->open);
	r->open = (struct frame_text){ .form = FRAME_NONE };
}

static void
take_frame(struct reading *r, const struct frame_text *t)
{
	if (t->form == FRAME_GO_FILE || t->form == FRAME_AT_FILE) {
		r->open.file = t->file;
		close_open(r);
		return;
	}
	close_open(r);
	if (!r->out->language || !r->n_frames)
		r->out->language = t->language;
	r->last_is_first = t->form == FRAME_PYTHON;
	if (t->form == FRAME_GO || t->form == FRAME_RUST)
		r->open = *t;
	else
		put_frame(r, t);
}

/* Another error begins, which the one before came from. */
static bool
is_cause(struct str line)
{
	struct str s = str_trim(line);

	return str_starts(s, STR("Caused by: ")) ||
	    str_starts(s, STR("[cause]: "));
}

/* What follows is what the error led to. */
static bool
is_consequence(struct str line)
{
	struct str s = str_trim(line);

	return str_starts(s, STR("During handling of the above")) ||
	    str_starts(s, STR("The above exception was the direct")) ||
	    str_starts(s, STR("--- End of inner exception"));
}

/* "x.rb:1:in `f': it broke (TypeError)" */
static void
read_ruby_head(struct str line, struct trace *out)
{
	size_t at = str_find(line, STR("': ")), open;
	struct str s;

	if (at == line.len)
		return;
	s = str_trim(str_n(line.p + at + 3, line.len - at - 3));
	open = str_find(s, STR(" ("));
	if (open == s.len || s.p[s.len - 1] != ')')
		return;
	out->error_type = str_n(s.p + open + 2, s.len - open - 3);
	out->headline = s;
}

/* Does the line say what happened?  The first does, and of Python the one
 * below the frames. */
static void
read_text(struct reading *r, struct str line)
{
	struct trace *out = r->out;
	bool below = r->last_is_first && r->n_frames && line.len &&
	    line.p[0] != ' ' && line.p[0] != '\t';

	if (!str_trim(line).len ||
	    str_starts(str_trim(line), STR("Traceback (most recent")))
		return;
	if (below) {
		out->error_type = STR_NONE;
		if (!read_type(line, out))
			out->headline = str_trim(line);
		if (!out->error_type.len && is_type(out->headline))
			out->error_type = out->headline;
		r->done = true;
		return;
	}
	if (r->n_frames || out->error_type.len)
		return;
	if (!read_signal(line, out) && !read_type(line, out) &&
	    !out->headline.len)
		out->headline = str_trim(line);
}

static void
read_line(struct reading *r, struct str line, enum frame_form *before)
{
	struct frame_text t;

	if (is_cause(line)) {
		close_open(r);
		r->n_ours = r->n_others = r->n_frames = 0;
		r->out->error_type = STR_NONE;
		read_text(r, line);
		*before = FRAME_NONE;
		return;
	}
	if (is_consequence(line) && r->n_frames) {
		r->done = true;
		return;
	}
	t = frame_line_read(line, *before);
	if (t.form == FRAME_RUBY && !r->n_frames)
		read_ruby_head(line, r->out);
	if (t.form != FRAME_NONE)
		take_frame(r, &t);
	else
		read_text(r, line);
	*before = t.form;
}

static void
tidy_frames(const struct reading *r)
{
	bool ours = r->n_ours;
	const struct frame_text *from = ours ? r->ours : r->others;
	size_t n = ours ? r->n_ours : r->n_others;

	r->out->n = n;
	for (size_t i = 0; i < n; i++)
		r->out->frames[i] = frame_tidy(r->a,
		    &from[r->last_is_first ? n - 1 - i : i]);
}

bool
frames_read(struct arena *a, struct str message, struct trace *out)
{
	struct reading r = { .a = a, .out = out };
	struct str rest = message;
	enum frame_form before = FRAME_NONE;

	*out = (struct trace){ .language = NULL };
	if (!message.len || !memchr(message.p, '\n', message.len))
		return false;
	while (rest.p && !r.done)
		read_line(&r, str_cut(&rest, '\n'), &before);
	close_open(&r);
	tidy_frames(&r);
	if (!out->error_type.len)
		out->error_type = STR_NONE;
	return out->n > 0;
}
