#include "ops/ops.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "ops/gate_store.h"
#include "ops/source.h"
#include "store/event_store.h"
#include "tracker/template.h"

#define RULES_MAX_BYTES KIB(256)

static int
rules_read(struct ops *o, struct err *e)
{
	struct str name = o->g->cfg->severity_rules;
	struct buf text = BUF_INIT(RULES_MAX_BYTES);
	const char *path = arena_cstr(o->a, name);
	int fd, rc;

	if (name.len == 0)
		return severity_parse(o->a, STR(""), "built-in", &o->rules, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	rc = fd < 0 ? -1 : fd_read_all(fd, &text);
	if (rc != 0) {
		err_sys(e, "cannot read the rules %s", path);
		if (e)
			e->kind = ERR_CONFIG;
	} else {
		rc = severity_parse(o->a, arena_str(o->a, buf_str(&text)),
		    path, &o->rules, e);
	}
	if (fd >= 0)
		close(fd);
	buf_free(&text);
	return rc;
}

/* What must not be seen anywhere: all secrets of the configuration. */
static void
secrets_know(struct ops *o, struct str token)
{
	struct str known[64] = { STR_NONE };
	const struct field *f;
	size_t n = 0;

	for (size_t i = 0; (f = config_row(i)) && n + 2 < countof(known); i++)
		if (f->flags & FIELD_SECRET && f->type == FIELD_STR)
			known[n++] = *(const struct str *)(const void *)
			    ((const char *)o->g->cfg + f->offset);
	known[n++] = token;
	n += source_secrets(o->g->cfg, o->a, known + n, countof(known) - n);
	o->redactor = redactor_new(known, n);
}

int
ops_open(struct ops *o, struct govern *g, struct err *e)
{
	struct github_options opt = { 0 };
	bool usable;

	*o = (struct ops){ .g = g, .a = arena_new(), .templates = -1 };
	usable = github_options(g->cfg, o->a, &opt, NULL) == 0;
	gate_store_init(&o->gate, o);
	secrets_know(o, usable ? opt.token : STR_NONE);
	if (github_target(g->cfg, o->a, &o->target, e) == 0 &&
	    rules_read(o, e) == 0) {
		if (!o->target.p)
			o->target = STR("");
		o->files = o->target.len && usable && github_configured(&opt);
		return 0;
	}
	ops_close(o);
	return -1;
}

void
ops_close(struct ops *o)
{
	github_free(o->github);
	grouper_free(o->grouper);
	drain_free(o->drain);
	redactor_free(o->redactor);
	arena_free(o->a);
	*o = (struct ops){ 0 };
}

bool
ops_files(const struct ops *o)
{
	return o->files;
}

int
ops_github(struct ops *o, struct github **out, struct err *e)
{
	struct github_options opt;

	*out = o->github;
	if (*out)
		return 0;
	if (github_options(o->g->cfg, o->a, &opt, e) != 0)
		return -1;
	if (!github_configured(&opt))
		return err_set(e, ERR_NOT_READY, "GitHub is not configured: "
		    "PATCHWARDEN_GITHUB_TOKEN_FILE or an App's key is needed");
	opt.gate = &o->gate;
	if (github_new(&opt, out, e) != 0)
		return -1;
	o->github = *out;
	return 0;
}

static int
tell(struct ops *o, enum event_type type, struct buf *payload,
    struct err *e)
{
	struct event ev = { .type = type, .payload = buf_str(payload) };
	int rc = buf_check(payload, "the event", e);

	if (rc == 0)
		rc = event_store_append(o->g->db, &ev, e);
	buf_free(payload);
	return rc;
}

static void
put_text(struct json_writer *w, const char *key, struct str text)
{
	json_key(w, key);
	json_put_str(w, text);
}

static void
put_number(struct json_writer *w, const char *key, int64_t n)
{
	json_key(w, key);
	if (n < 0)
		json_put_null(w);
	else
		json_put_int(w, n);
}

/* What a list or a page shows of it; texts of logs stay in the table. */
int
ops_tell_issue(struct ops *o, enum event_type type,
    const struct ops_issue *i, struct err *e)
{
	struct buf text = BUF_INIT(EVENT_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&text);

	json_object_open(&w);
	put_number(&w, "id", i->id);
	put_text(&w, "kind", str(line_kinds[i->kind]));
	put_number(&w, "severity", i->severity);
	put_text(&w, "status", str(issue_statuses[i->status]));
	put_text(&w, "title", i->title);
	put_text(&w, "worker", i->worker);
	put_text(&w, "repo", i->repo);
	put_text(&w, "fingerprint", i->fingerprint);
	put_number(&w, "count", i->count);
	put_number(&w, "regressions", i->regressions);
	put_text(&w, "claimed_by", i->claimed_by);
	put_number(&w, "gh_issue_number", i->gh_number);
	put_text(&w, "gh_issue_url", i->gh_url);
	json_object_close(&w);
	return tell(o, type, &text, e);
}

int
ops_tell_scan(struct ops *o, enum event_type type,
    const struct ops_scan *s, struct err *e)
{
	struct buf text = BUF_INIT(EVENT_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&text);

	contract_encode(&ops_scan_contract, s, &w);
	return tell(o, type, &text, e);
}

int
ops_templates(struct ops *o, struct err *e)
{
	int64_t version;

	if (template_version(o->g->db, &version, e) != 0)
		return -1;
	if (o->drain && version == o->templates)
		return 0;
	grouper_free(o->grouper);
	drain_free(o->drain);
	o->drain = drain_new(NULL);
	o->grouper = grouper_new(o->drain);
	o->templates = version;
	return template_load(o->g->db, o->drain, e);
}
