/* logs.fcgi - serve the log; reads the database and nothing else. */
#include "api/logs.h"
#include "api/program.h"

int
main(int argc, char **argv)
{
	return program_main("logs.fcgi", logs_routes, PROGRAM_READS, argc, argv);
}
