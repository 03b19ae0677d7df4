#include "logs/wash.h"

#define KEY_LINE_BYTES	40	/* those of a key have 64 */
#define KEY_MAX_LINES	400

static struct str
name(struct wash *w, struct arena *a, struct str s, size_t max)
{
	if (!s.len)
		return s;
	s = log_clean(a, s, CLEAN_ONE_LINE, NULL);
	s = log_redacted(w->redactor, a, s, &w->counts);
	return log_cut(a, s, max);
}

static bool
is_base64(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || c == '+' || c == '/' ||
		    c == '='))
			return false;
	}
	return s.len != 0;
}

/* Is this line a part of the private key that began in an earlier one? */
static bool
within_key(struct wash *w, struct str s)
{
	if (!w->key_lines)
		return false;
	if (str_starts(s, STR("Proc-Type:")) || str_starts(s, STR("DEK-Info:")))
		return false;		/* they say how it is encrypted */
	if (!is_base64(s) || w->key_lines > KEY_MAX_LINES ||
	    (s.len < KEY_LINE_BYTES && w->key_lines == 1)) {
		w->key_lines = 0;
		return false;
	}
	w->key_lines = s.len < KEY_LINE_BYTES ? 0 : w->key_lines + 1;
	return true;
}

static struct str
message(struct wash *w, struct arena *a, struct str s)
{
	size_t len;

	if (within_key(w, s)) {
		w->counts.by[REDACT_PRIVATE_KEY]++;
		w->counts.all++;
		return arena_fmt(a, "[redacted:%s]",
		    redact_kinds[REDACT_PRIVATE_KEY]);
	}
	s = log_redacted(w->redactor, a, s, &w->counts);
	if (w->counts.open)
		w->key_lines = 1;
	len = s.len;
	s = log_cut(a, s, LOG_MESSAGE_MAX_BYTES);
	w->cut += s.len != len;
	return s;
}

static struct str
meta(struct wash *w, struct arena *a, struct str s)
{
	if (!s.len)
		return s;
	s = log_redacted_json(w->redactor, a, s, &w->counts);
	if (s.len > LOG_META_MAX_BYTES)
		s = arena_fmt(a, "{\"omitted_bytes\":%zu}", s.len);
	return s;
}

/* One that is too long, or secret, would not tell lines apart any more: then
 * what they say does. */
static struct str
id(struct wash *w, struct arena *a, struct str s)
{
	struct str clean = name(w, a, s, NAME_MAX_BYTES);

	return str_eq(clean, s) ? clean : STR_NONE;
}

bool
wash_line(struct wash *w, struct arena *a, struct log_line *l, unsigned flags)
{
	struct clean_found *f = &w->found;

	l->message = log_clean(a, l->message, flags, f);
	if (f->level >= 0)
		l->level = f->level;
	if (f->ts >= 0)
		l->ts = f->ts;
	if (!l->message.len)
		return false;
	l->message = message(w, a, l->message);
	l->source = name(w, a, l->source, NAME_MAX_BYTES);
	l->worker = name(w, a, l->worker, NAME_MAX_BYTES);
	l->repo = name(w, a, l->repo, NAME_MAX_BYTES);
	l->run_id = name(w, a, l->run_id, NAME_MAX_BYTES);
	l->workflow = name(w, a, l->workflow, NAME_MAX_BYTES);
	l->job = name(w, a, l->job, NAME_MAX_BYTES);
	l->step = name(w, a, l->step, NAME_MAX_BYTES);
	l->error_type = name(w, a, l->error_type, NAME_MAX_BYTES);
	l->group = name(w, a, l->group, TEMPLATE_MAX_BYTES);
	l->id = id(w, a, l->id);
	l->meta = meta(w, a, l->meta);
	return true;
}
