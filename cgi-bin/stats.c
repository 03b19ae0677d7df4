/* stats.fcgi - serve sums over the log; reads the database and nothing else. */
#include "api/program.h"
#include "api/stats.h"

int
main(int argc, char **argv)
{
	return program_main("stats.fcgi", stats_routes, PROGRAM_READS, argc, argv);
}
