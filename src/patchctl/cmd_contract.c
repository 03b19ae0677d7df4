#include "patchctl/command.h"

#include <stdio.h>

#include "contract/contract.h"
#include "bridge/bridge.h"
#include "edit/ops.h"
#include "bridge/resolve.h"
#include "model/log_query.h"
#include "model/patch_event.h"
#include "model/report.h"
#include "model/revert.h"
#include "model/ticket.h"

static const struct contract *const contracts[] = {
	&patch_batch_contract, &patch_op_contract, &patch_event_contract,
	&patch_log_contract, &log_query_contract,
	&revert_patch_contract, &revert_many_contract,
	&resolve_request_contract, &bridge_request_contract,
	&review_request_contract, &phase_implementation_contract,
	&file_concept_contract, &code_review_contract,
	&report_contract, &report_row_contract,
	&ticket_request_contract, &ticket_contract,
};

static int
schema(struct command_line *l, struct err *e)
{
	struct buf out = BUF_INIT(BODY_DEFAULT_BYTES);

	if (command_options(l, NULL, 0, e) != 0)
		return -1;
	if (l->argc == 0) {
		for (size_t i = 0; i < countof(contracts); i++)
			puts(contracts[i]->name);
		return 0;
	}
	for (size_t i = 0; i < countof(contracts); i++) {
		if (!str_is(str(contracts[i]->name), l->argv[0]))
			continue;
		contract_schema(contracts[i], &out);
		puts(out.p);
		buf_free(&out);
		return 0;
	}
	return err_set(e, ERR_USAGE, "there is no contract %s; without a name "
	    "they are listed", l->argv[0]);
}

const struct command contract_commands[] = {
	{ "contract schema", "[NAME]", schema, "Print the JSON Schema (2020-12) of a contract.", "Without NAME the contracts are listed.", true, NULL },
	{ 0 }
};
