/* agent.fcgi - the same verbs for agents, by the names agents use; asks GitHub
 * and sources of logs, too. */
#include "api/program.h"
#include "api/rpc.h"

int
main(int argc, char **argv)
{
	return program_main("agent.fcgi", agent_routes,
	    PROGRAM_EDITS | PROGRAM_ASKS, argc, argv);
}
