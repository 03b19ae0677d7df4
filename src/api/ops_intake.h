/* ops_intake.h - POST /api/ops/logs: lines that programs push. */
#ifndef API_OPS_INTAKE_H
#define API_OPS_INTAKE_H

#include "http/route.h"

int ops_logs_post(struct call *c, struct err *e);

#endif
