#include "logs/intake.h"

#include <strings.h>

#include "logs/inflate.h"
#include "logs/intake_reader.h"

static const struct intake_format {
	const char *name;
	int (*read)(struct reader *x);
	bool (*looks)(struct str body);	/* NULL: only when it is asked for */
	const char *types[4];		/* that mean it, without parameters */
} formats[] = {
	{ "journal-export", intake_journal_export, looks_journal_export,
	  { "application/vnd.fdo.journal" } },
	{ "github-job", intake_github_job, looks_github_job, { NULL } },
	{ "json", intake_json, looks_json,
	  { "application/json", "text/json" } },
	{ "ndjson", intake_ndjson, looks_ndjson,
	  { "application/x-ndjson", "application/ndjson",
	    "application/jsonl", "application/x-jsonlines" } },
	{ "logpush", intake_logpush_lines, NULL, { NULL } },
	{ "journal-json", intake_journal_json, NULL, { NULL } },
	{ "text", intake_plain, looks_plain, { NULL } },
};

const char *const intake_formats[] = { "json", "ndjson", "logpush",
    "journal-json", "journal-export", "github-job", "text", NULL };

/* Types that say little: the body is looked at. */
static const char *const vague_types[] = { "text/plain",
    "application/octet-stream", "application/gzip", "application/x-gzip", "" };

static bool
is_type(struct str type, const char *name)
{
	return name && type.len == strlen(name) &&
	    (!type.len || strncasecmp(type.p, name, type.len) == 0);
}

static const struct intake_format *
by_name(struct str name)
{
	for (size_t i = 0; i < countof(formats); i++)
		if (str_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}

static const struct intake_format *
by_looks(struct str body)
{
	size_t i = 0;

	while (!formats[i].looks || !formats[i].looks(body))
		i++;			/* the last takes anything */
	return &formats[i];
}

static const struct intake_format *
choose(const struct intake_request *r, struct str body, struct err *e)
{
	struct str rest = r->content_type;
	struct str type = str_trim(str_cut(&rest, ';'));
	const struct intake_format *f = NULL;
	struct buf names = BUF_INIT(KIB(1));

	if (r->format.len) {
		f = by_name(r->format);
		for (size_t i = 0; !f && intake_formats[i]; i++)
			buf_addf(&names, "%s%s", i ? ", " : "",
			    intake_formats[i]);
		if (!f)
			err_set(e, ERR_MEDIA_TYPE, "there is no format \"%.*s\""
			    " of logs; there are %s",
			    (int)(r->format.len > 40 ? 40 : r->format.len),
			    r->format.p, buf_str(&names).p);
		buf_free(&names);
		return f;
	}
	for (size_t i = 0; i < countof(formats); i++)
		for (size_t k = 0; k < countof(formats[i].types); k++)
			if (is_type(type, formats[i].types[k]))
				return &formats[i];
	for (size_t i = 0; i < countof(vague_types); i++)
		if (is_type(type, vague_types[i]))
			return by_looks(body);
	err_set(e, ERR_MEDIA_TYPE, "logs come as application/json, "
	    "application/x-ndjson, text/plain or application/vnd.fdo.journal, "
	    "not as %.*s", (int)(type.len > 80 ? 80 : type.len), type.p);
	return NULL;
}

struct log_line
reader_line(const struct reader *x)
{
	return *x->r->base;
}

static int
fail(struct reader *x)
{
	x->failed = true;
	return -1;
}

void
reader_record(struct reader *x)
{
	arena_reset(x->a);
	x->out->records++;
}

int
reader_give(struct reader *x, struct log_line *l, unsigned flags)
{
	if (!wash_line(&x->wash, x->a, l, flags)) {
		x->out->empty++;
		return 0;
	}
	if (x->lines++ == x->max_lines) {
		err_set(x->e, ERR_TOO_LARGE, "the body has more than %zu lines",
		    x->max_lines);
		return fail(x);
	}
	if (x->last && !x->r->partial)
		return 0;	/* it is refused; only faults are looked for */
	if (x->take(x->to, l, x->e) != 0)
		return fail(x);
	x->out->taken++;
	return 0;
}

int
reader_fault(struct reader *x, const struct record_place *at,
    const char *member, const struct err *f)
{
	struct err *one, copy = *f;

	copy.at[0] = '\0';
	copy.next = NULL;
	if (at->line)
		err_at(&copy, "line %zu%s%s%s", at->line,
		    at->pointer[0] || member[0] ? " " : "", at->pointer,
		    member);
	else
		err_at(&copy, "%s%s", at->pointer, member);
	if (x->out->refused++ >= FAULTS_MAX)
		return x->r->partial ? 0 : -1;
	one = arena_new_of(x->r->arena, struct err);
	*one = copy;
	if (x->last)
		x->last->next = one;
	else
		x->out->faults = one;
	x->last = one;
	return 0;
}

static int
read_all(struct reader *x, const struct intake_format *f)
{
	int rc = f->read(x);

	x->out->cut = x->wash.cut;
	x->out->redacted = x->wash.counts;
	x->out->redacted.open = false;
	if (x->failed)
		return -1;
	if (x->last && !x->r->partial) {
		if (x->e)
			*x->e = *x->out->faults;
		x->out->faults = NULL;
		return -1;
	}
	return rc < 0 && !x->r->partial ? -1 : 0;
}

int
intake_read(const struct intake_request *r, intake_take *take, void *to,
    struct intake_result *out, struct err *e)
{
	struct buf plain = BUF_INIT(LOG_BODY_MAX_BYTES + 1);
	struct reader x = { .r = r, .take = take, .to = to, .out = out,
	    .body = r->body, .wash = WASH(r->redactor), .e = e,
	    .max_lines = r->max_lines ? r->max_lines : LOG_BODY_MAX_LINES };
	const struct intake_format *f;
	int rc = -1;

	*out = (struct intake_result){ 0 };
	if (logs_is_gzip(r->body)) {
		if (logs_gunzip(r->body, LOG_BODY_MAX_BYTES, &plain, e) != 0)
			goto out;
		x.body = buf_str(&plain);
	}
	out->bytes = x.body.len;
	f = choose(r, x.body, e);
	if (!f)
		goto out;
	out->format = f->name;
	x.a = arena_new();
	rc = read_all(&x, f);
	arena_free(x.a);
out:
	buf_free(&plain);
	return rc;
}
