/* template.h - table ops_template: the templates of messages (logs/drain.h), so
 * that they are the same after a restart and for all processes.
 *
 * Whoever adds lines does it inside db_begin(), with templates that are those
 * of the table: template_version() tells when they have to be read again. */
#ifndef TRACKER_TEMPLATE_H
#define TRACKER_TEMPLATE_H

#include "logs/drain.h"
#include "store/db.h"

/* Read all into d, which is new. */
int template_load(struct db *db, struct drain *d, struct err *e);
/* Inside db_begin(): what changed in d since it was loaded or stored; *version
 * is another one when anything did. */
int template_store(struct db *db, struct drain *d, int64_t *version,
    struct err *e);
int template_version(struct db *db, int64_t *version, struct err *e);

#endif
