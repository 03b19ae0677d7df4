#include "ops/source.h"

#include "base/sign.h"
#include "ops/read.h"
#include "remote/cloudflare.h"
#include "remote/core_api.h"

#define SECRET_MAX_BYTES	KIB(16)
#define HOURS(n)		(INT64_C(3600000) * (n))
#define DAYS(n)			(HOURS(24) * (n))

static bool
core_cloudflare_configured(const struct config *c)
{
	return c->core_cloudflare_api.len > 0;
}

static bool
core_github_configured(const struct config *c)
{
	return c->core_github_api.len > 0;
}

static bool
cloudflare_configured(const struct config *c)
{
	return c->cloudflare_account.len > 0;
}

static bool
files_configured(const struct config *c)
{
	return c->ops_files.len > 0;
}

static bool
patches_configured(const struct config *c)
{
	return c->ops_patches;
}

/* Overlaps are how late a line may come; a run of Actions is found by the time
 * it was made, and may last six hours and wait some more. */
const struct source_row source_rows[] = {
	{ "core-cloudflare", LINE_WORKER, SCAN_CLOUDFLARE, HOURS(1), DAYS(7),
	    core_cloudflare_configured, read_core_cloudflare },
	{ "core-github", LINE_BUILD, SCAN_CICD, HOURS(1), DAYS(7),
	    core_github_configured, read_core_github },
	{ "cloudflare", LINE_WORKER, SCAN_CLOUDFLARE, HOURS(1) / 4,
	    CLOUDFLARE_KEEPS_MS, cloudflare_configured, read_cloudflare },
	{ "github-actions", LINE_BUILD, SCAN_CICD, HOURS(12), DAYS(30),
	    actions_configured, read_actions },
	{ "files", LINE_WORKER, SCAN_FULL, 0, DAYS(30), files_configured,
	    read_files },
	{ "patches", LINE_WORKER, SCAN_FULL, 0, DAYS(7), patches_configured,
	    read_patches },
	{ 0 }
};

static int
take(void *to, struct log_line *l, struct err *e)
{
	struct source_run *r = to;

	return ingest_line(r->in, l, e);
}

struct line_sink
read_sink(struct source_run *r)
{
	return (struct line_sink){ .take = take, .to = r, .notes = r->notes };
}

bool
read_cursor(const struct source_run *r, const struct contract *c, void *out)
{
	struct err ignored = { 0 };

	if (r->src->cursor.len && contract_decode_text(c, r->src->cursor,
	    r->a, out, &ignored) == 0)
		return true;
	contract_defaults(c, out);
	return false;
}

void
read_cursor_set(struct source_run *r, const struct contract *c,
    const void *in)
{
	struct buf out = BUF_INIT(MIB(4));
	struct json_writer w = JSON_WRITER(&out);

	contract_encode(c, in, &w);
	r->src->cursor = arena_str(r->a, buf_str(&out));
	buf_free(&out);
}

int
read_server_open(const struct config *c, struct arena *a,
    const struct read_server *s, struct json_api *out, struct err *e)
{
	*out = (struct json_api){ .name = s->name, .base = s->base,
	    .token = str_some(s->token), .plain = c->remote_plain,
	    .answer_max = MIB(64), .total_ms = 60000, .patience_ms = 180000 };
	if (s->token.len && s->token_file.len)
		return err_set(e, ERR_CONFIG, "PATCHWARDEN_%s and "
		    "PATCHWARDEN_%s_FILE are both set", s->key, s->key);
	if (s->token_file.len && secret_read(a, arena_cstr(a, s->token_file),
	    SECRET_MAX_BYTES, &out->token, e) != 0)
		return -1;
	return json_api_open(out, e);
}

size_t
source_secrets(const struct config *c, struct arena *a, struct str *out,
    size_t max)
{
	const struct str files[] = {
		c->core_cloudflare_token_file, c->core_github_token_file,
		c->cloudflare_token_file, c->llm_api_key_file,
	};
	size_t n = 0;

	for (size_t i = 0; i < countof(files) && n < max; i++)
		if (files[i].len && secret_read(a, arena_cstr(a, files[i]),
		    SECRET_MAX_BYTES, &out[n], NULL) == 0)
			n++;
	return n;
}

static int
read_core(struct source_run *r, const struct read_server *s,
    struct core_api *c, struct err *e)
{
	struct arena *a = arena_new();
	struct line_sink to = read_sink(r);
	int rc = read_server_open(r->o->g->cfg, r->a, s, &c->api, e);

	if (rc == 0)
		rc = core_api_logs(c, a, r->from_ms, r->to_ms, &to, e);
	json_api_close(&c->api);
	arena_free(a);
	return rc;
}

int
read_core_cloudflare(struct source_run *r, struct err *e)
{
	const struct config *c = r->o->g->cfg;
	const struct read_server s = { "CORE_CLOUDFLARE_API",
	    "CORE_CLOUDFLARE_TOKEN", c->core_cloudflare_api,
	    c->core_cloudflare_token, c->core_cloudflare_token_file };
	struct core_api api = { .source = "core-cloudflare",
	    .kind = LINE_WORKER };

	return read_core(r, &s, &api, e);
}

int
read_core_github(struct source_run *r, struct err *e)
{
	const struct config *c = r->o->g->cfg;
	const struct read_server s = { "CORE_GITHUB_API", "CORE_GITHUB_TOKEN",
	    c->core_github_api, c->core_github_token,
	    c->core_github_token_file };
	struct core_api api = { .source = "core-github", .kind = LINE_BUILD };

	return read_core(r, &s, &api, e);
}
