/* reports.fcgi - delivery reports; writes the database and no workspace. */
#include "api/program.h"
#include "api/reports.h"

int
main(int argc, char **argv)
{
	return program_main("reports.fcgi", reports_routes, PROGRAM_RECORDS, argc, argv);
}
