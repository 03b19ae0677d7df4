/* What FastCGI alone costs: answers with as many bytes as the query string
 * says, and does nothing else. */
#include <fcgiapp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define BYTES_MAX (1 << 20)

int
main(void)
{
	static char body[BYTES_MAX];
	FCGX_Request r;

	/* a killed web server leaves no handler behind */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	memset(body, 'x', sizeof(body));
	if (FCGX_Init() != 0 || FCGX_InitRequest(&r, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&r) == 0) {
		const char *query = FCGX_GetParam("QUERY_STRING", r.envp);
		long n = query ? strtol(query, NULL, 10) : 0;

		n = n < 0 ? 0 : n > BYTES_MAX ? BYTES_MAX : n;
		FCGX_FPrintF(r.out, "Content-Type: application/json\r\n"
		    "Content-Length: %d\r\n\r\n", (int)n);
		FCGX_PutStr(body, (int)n, r.out);
		FCGX_Finish_r(&r);
	}
	return 0;
}
