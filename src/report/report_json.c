#include "report/report.h"

void
report_json(struct buf *out, const struct report *r)
{
	struct json_writer w = JSON_WRITER(out);

	contract_encode(&report_contract, r, &w);
	buf_addc(out, '\n');
}

int
report_parse(struct str text, struct arena *a, struct report *out,
    struct err *e)
{
	struct err why = { 0 };

	if (contract_decode_text(&report_contract, text, a, out, &why) == 0)
		return 0;
	return err_set(e, ERR_STORE_FAILED, "a report that was kept cannot be"
	    " read: %s%s%s", why.detail, why.at[0] ? " at " : "", why.at);
}
