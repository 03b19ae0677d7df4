/* A report of the tests on standard output: report_show FIXTURE md|json|html */
#include <stdio.h>

#include "report_fixture.h"

int
main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct buf out = BUF_INIT(REPORT_MAX_BYTES);
	struct report r;
	int rc = 2;

	if (argc == 3 && fixture_of(a, argv[1], &r) &&
	    fixture_render(&r, argv[2], &out) && !out.full) {
		fwrite(out.p, 1, out.len, stdout);
		rc = fflush(stdout) == 0 ? 0 : 1;
	}
	buf_free(&out);
	arena_free(a);
	return rc;
}
