/* head.h - what a logger puts before each message.
 *
 * The date and time in the forms that are usual, the level, the name of the
 * machine and the program that syslog adds, a thread in brackets, the name of
 * a Java logger.  They tell when and where, not what, and would make every
 * message look like every other. */
#ifndef LOGS_HEAD_H
#define LOGS_HEAD_H

#include "base/str.h"

/* What stands after the head; all of the line when it has none, or nothing
 * but a head. */
struct str head_skip(struct str line);

/* A date, a time, or both: "2015-10-18", "18:01:47,978", "17/06/09",
 * "2024-05-01T10:00:00.123+02:00". */
bool head_is_time(struct str token);
/* "Jun", "Sat" */
bool head_is_day_name(struct str token);

#endif
