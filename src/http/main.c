#include "http/gateway.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

static void
usage(const struct app *app, FILE *to)
{
	fprintf(to, "usage: %s [--listen SOCKET [--workers N]]\n"
	    "Serves these routes as FastCGI (started by a web server, or on a\n"
	    "socket of its own) and as plain CGI:\n", app->name);
	for (const struct route *r = app->routes; r->method; r++)
		fprintf(to, "  %-6s %-32s %s\n", r->method, r->path, r->doc);
}

int
app_main(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "workers", required_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	const char *path = NULL;
	int64_t workers = 2;
	int c;

	while ((c = getopt_long(argc, argv, "l:w:hV", options, NULL)) != -1) {
		switch (c) {
		case 'l': path = optarg; break;
		case 'w':
			if (str_int(str(optarg), &workers) && workers > 0)
				break;
			fprintf(stderr, "%s: --workers takes a number from 1\n",
			    app->name);
			return 2;
		case 'h': usage(app, stdout); return 0;
		case 'V': printf("%s %s\n", app->name, PACKAGE_VERSION); return 0;
		default: usage(app, stderr); return 2;
		}
	}
	if (path)
		return pool_run(app, path, (int)workers);
	if (!gateway_fcgi_inherited())
		return gateway_cgi(app);
	/* a killed web server leaves no handler behind */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	return gateway_fcgi(app, 0);
}
