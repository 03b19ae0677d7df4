/* banned.h - names that nobody here may write.
 *
 * The build includes this before every source.  The headers that declare the
 * names come first: only what is written after this file is refused. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Copies that know no length: buf_add(), arena_str(). */
#pragma GCC poison strcpy stpcpy strcat strncpy strncat
/* Prints into memory of unknown size: buf_addf(), arena_fmt(), snprintf(). */
#pragma GCC poison sprintf vsprintf
/* Reads without a ceiling or without an error: buf_room(), str_int(). */
#pragma GCC poison gets scanf sscanf fscanf vsscanf atoi atol atoll atof
/* Hidden state shared by the whole process: str_cut(), clock_text(). */
#pragma GCC poison strtok asctime ctime gmtime localtime
/* A shell, or a name that somebody else can take first. */
#pragma GCC poison popen mktemp tmpnam tempnam
/* Names that outside headers use too (system, access, rand) are left to the
 * lint. */

#endif
