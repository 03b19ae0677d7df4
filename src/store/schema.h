/* schema.h - which schema this program is written for. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

/* The number of the last file in migrations/.  New files count on from it:
 * one that sorts below would never be reached by a database that is there. */
#define SCHEMA_VERSION 33

#endif
