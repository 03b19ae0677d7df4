/* ops.fcgi - logs in, issues out, and GitHub; writes the database and no
 * workspace, asks other servers. */
#include "api/ops.h"
#include "api/program.h"

int
main(int argc, char **argv)
{
	return program_main("ops.fcgi", ops_routes, PROGRAM_RECORDS | PROGRAM_ASKS,
	    argc, argv);
}
