#include "policy/policy.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"

static int
read_file(const char *file, struct buf *out, struct err *e)
{
	/* never wait for a FIFO that was put there */
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int rc = -1;

	if (fd < 0) {
		err_sys(e, "cannot read the policy");
		goto out;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		err_set(e, ERR_CONFIG, "the policy is not a regular file");
		goto out;
	}
	if (fd_read_all(fd, out) != 0) {
		if (out->full)
			err_set(e, ERR_CONFIG, "the policy is larger than %zu "
			    "bytes", CONFIG_MAX_BYTES);
		else
			err_sys(e, "cannot read the policy");
		goto out;
	}
	rc = 0;
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

/* A glob that no path can match is a rule that its author believes in. */
static int
globs_check(const char *rule, const struct str *globs, size_t n, struct err *e)
{
	const char *why = NULL;

	for (size_t i = 0; i < n && !why; i++) {
		if (globs[i].len == 0)
			why = "is empty";
		else if (globs[i].p[0] == '/' ||
		    str_starts(globs[i], STR("./")))
			why = "matches nothing: paths begin with a name";
		else if (str_ends(globs[i], STR("/")))
			why = "matches nothing: write ** behind the last /";
		if (why) {
			err_set(e, ERR_CONFIG, "%s[%zu] \"%.*s\" %s", rule, i,
			    STR_ARG(globs[i]), why);
			err_at(e, "/%s/%zu", rule, i);
		}
	}
	return why ? -1 : 0;
}

static int
policy_check(const struct policy *p, struct err *e)
{
	if (globs_check("allow", p->allow, p->n_allow, e) != 0 ||
	    globs_check("deny", p->deny, p->n_deny, e) != 0)
		return -1;
	for (size_t i = 0; i < p->n_operations; i++)
		if (op_of(p->operations[i]) == OP_NONE) {
			err_set(e, ERR_CONFIG, "there is no operation \"%.*s\"",
			    STR_ARG(p->operations[i]));
			return err_at(e, "/operations/%zu", i);
		}
	if (p->tasks.p && path_check(p->tasks, e) != 0)
		return err_at(e, "/tasks");
	return 0;
}

int
policy_load(const char *file, struct arena *a, struct policy *out,
    struct err *e)
{
	struct buf text = BUF_INIT(CONFIG_MAX_BYTES);
	struct err why = { 0 };
	int rc = read_file(file, &text, &why);

	if (rc == 0)
		rc = contract_decode_text(&policy_contract, buf_str(&text), a,
		    out, &why);
	if (rc == 0)
		rc = policy_check(out, &why);
	buf_free(&text);
	if (rc != 0) {
		err_set(e, ERR_CONFIG, "%s", why.detail);
		err_at(e, "%s%s%s", file, why.at[0] ? ": " : "", why.at);
	}
	return rc;
}

static bool
is_below(const char *path, const char *folder)
{
	struct str p = str(path), f = str(folder);

	while (f.len > 1 && f.p[f.len - 1] == '/')
		f.len--;
	return str_starts(p, f) && (f.len == 1 || p.len == f.len ||
	    p.p[f.len] == '/');
}

/* Whoever edits a workspace must not edit what governs it. */
static int
place_check(const struct config *cfg, struct arena *a, const char *file,
    struct err *e)
{
	struct str rest = cfg->workspaces, name, root;
	char real[PATH_MAX], real_root[PATH_MAX];

	if (!realpath(file, real))
		return err_sys(e, "cannot read the policy"),
		    err_at(e, "%s", file);
	while (config_pair(&rest, &name, &root)) {
		const char *r = arena_cstr(a, root);

		if (is_below(file, r) ||
		    (realpath(r, real_root) && is_below(real, real_root))) {
			err_set(e, ERR_CONFIG, "the policy lies in the "
			    "workspace \"%.*s\", where it could be edited; "
			    "move it out of %s", STR_ARG(name), r);
			return err_at(e, "%s", file);
		}
	}
	return 0;
}

/* As policy_of(), with all of the reason. */
static int
look(const struct config *cfg, struct arena *a, struct str workspace,
    struct policy *out, struct err *e)
{
	const char *file;

	if (!config_policy(cfg, a, workspace, &file))
		return 0;
	if (place_check(cfg, a, file, e) != 0 ||
	    policy_load(file, a, out, e) != 0)
		return -1;
	return 1;
}

int
policy_of(const struct config *cfg, struct arena *a, struct str workspace,
    struct policy *out, struct err *e)
{
	struct err why = { 0 };
	int rc = look(cfg, a, workspace, out, &why);

	if (rc >= 0)
		return rc;
	log_error("a policy cannot be used", "workspace",
	    arena_cstr(a, workspace), "at", why.at, "detail", why.detail, NULL);
	return err_set(e, ERR_NOT_READY, "the policy of workspace \"%.*s\" "
	    "cannot be used, so nothing is written to it; the server's log "
	    "tells why", STR_ARG(workspace));
}

int
policies_ready(const struct config *cfg, struct arena *a, struct err *e)
{
	struct str rest = cfg->policies, name, file;
	struct policy p;

	while (config_pair(&rest, &name, &file))
		if (look(cfg, a, name, &p, e) < 0) {
			e->kind = ERR_NOT_READY;
			return -1;
		}
	return 0;
}
