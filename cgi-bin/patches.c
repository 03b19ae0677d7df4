/* patches.fcgi - apply edits, take and serve events, read files. */
#include "api/patches.h"
#include "api/program.h"

int
main(int argc, char **argv)
{
	return program_main("patches.fcgi", patches_routes, PROGRAM_EDITS, argc, argv);
}
