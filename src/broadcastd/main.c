#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/sandbox.h"
#include "broadcastd/loop.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* Descriptors beside those of clients: listeners, database, reserve. */
#define OWN_FILES 320

static const char usage[] =
    "usage: broadcastd [-c FILE]\n"
    "Sends the event stream to subscribers over WebSocket (/ws) and as\n"
    "server-sent events (/sse).\n"
    "  -c, --config FILE  read the settings from FILE\n"
    "      --help         show this text\n"
    "      --version      show the version\n";

/* The folder of that file. */
static const char *
folder_of(struct arena *a, struct str path)
{
	size_t n = path.len;

	while (n > 1 && path.p[n - 1] != '/')
		n--;
	return n ? arena_cstr(a, str_n(path.p, n)) : ".";
}

static void
confine(struct server *s)
{
	const struct config *c = &s->config;
	const struct sandbox_path paths[] = {
		{ folder_of(s->arena, c->database), 1 },
		{ folder_of(s->arena, c->fifo), 1 },
		{ folder_of(s->arena, c->broadcast_socket), 1 },
		/* to read the settings again, and to resolve a name in them */
		{ folder_of(s->arena, c->file), 0 },
		{ "/etc", 0 },
		{ "/dev/null", 0 },
	};
	const char *why, *how;

	if (!c->sandbox)
		return;
	how = sandbox_enter(paths, countof(paths), &why);
	if (why[0])
		log_warn("running without a sandbox", "reason", why, NULL);
	else
		log_debug("confined", "by", how, NULL);
}

/* As many descriptors as clients are allowed. */
static void
raise_limit(const struct config *c)
{
	rlim_t want = (rlim_t)c->clients_max + OWN_FILES;
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= want)
		return;
	r.rlim_cur = r.rlim_max < want ? r.rlim_max : want;
	if (setrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur < want)
		log_warn("the limit of open files is below"
		    " PATCHWARDEN_CLIENTS_MAX", NULL);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	struct server s = { .settings = arena_new(), .arena = arena_new(),
	    .confine = confine };
	struct err e = { 0 };
	int option, rc;

	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (option) {
		case 'c': s.config_path = optarg; break;
		case 'h': fputs(usage, stdout); return 0;
		case 'V': printf("broadcastd %s\n", PACKAGE_VERSION); return 0;
		default: fputs(usage, stderr); return 2;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	rc = config_load(s.config_path, s.settings, &s.config, &e);
	if (rc == 0) {
		log_set((enum log_level)s.config.log_level);
		raise_limit(&s.config);
		rc = loop_run(&s, &e);
	}
	if (rc != 0)
		log_error("cannot start", "code", err_row(e.kind)->code,
		    "detail", e.detail, "at", e.at, NULL);
	arena_free(s.arena);
	arena_free(s.settings);
	return rc == 0 ? 0 : 3;
}
