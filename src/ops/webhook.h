/* webhook.h - GitHub tells what happened to its issues. */
#ifndef OPS_WEBHOOK_H
#define OPS_WEBHOOK_H

#include "ops/ops.h"

struct webhook {
	struct str event;	/* X-GitHub-Event */
	struct str delivery;	/* X-GitHub-Delivery */
	struct str signature;	/* X-Hub-Signature-256 */
	struct str body;	/* as it came */
};

enum webhook_outcome { WEBHOOK_DONE, WEBHOOK_REPEATED, WEBHOOK_IGNORED };

/* ERR_UNAUTHORIZED when neither secret signed it, ERR_NOT_READY when there is
 * none, ERR_INVALID for what GitHub does not send.  GitHub is not told what it
 * told. */
int ops_webhook(struct ops *o, struct arena *a, const struct webhook *w,
    enum webhook_outcome *out, struct err *e);

#endif
