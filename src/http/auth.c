#include "http/auth.h"

#include <strings.h>

int
auth_bearer(struct str header, struct str *token, struct err *e)
{
	struct str rest = str_trim(header), scheme = str_cut(&rest, ' ');

	*token = STR_NONE;
	if (!header.p)
		return 0;
	if (scheme.len != 6 || strncasecmp(scheme.p, "Bearer", 6) != 0)
		return err_set(e, ERR_UNAUTHORIZED,
		    "the Authorization header is not of the scheme Bearer");
	*token = str_trim(rest);
	if (token->len == 0 || token->len > NAME_MAX_BYTES)
		return err_set(e, ERR_UNAUTHORIZED,
		    "the bearer token is empty or too long");
	return 0;
}
