#ifndef API_FILES_H
#define API_FILES_H
/* files.h - GET /api/files/{path}: what base and expectSha256 are made from. */
#include "http/route.h"
int files_get(struct call *c, struct err *e);
#endif
