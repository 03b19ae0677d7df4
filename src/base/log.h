/* log.h - one logfmt line to the standard error for each thing to say.
 *
 *	log_error("cannot open", "path", path, "detail", e.detail, NULL);
 *
 * Keys are literals, values are NUL-terminated text of anyone's making: control
 * characters and bytes that are not UTF-8 are escaped, so that one call is one
 * line.  errno is kept. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_set(enum log_level most);	/* what is more talkative is dropped */
void log_error(const char *msg, ...) __attribute__((sentinel));
void log_warn(const char *msg, ...) __attribute__((sentinel));
void log_info(const char *msg, ...) __attribute__((sentinel));
void log_debug(const char *msg, ...) __attribute__((sentinel));

#endif
