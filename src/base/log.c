#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/utf8.h"

#define LINE_MAX_BYTES KIB(8)

static enum log_level talkative = LOG_LEVEL_INFO;

void
log_set(enum log_level most)
{
	talkative = most;
}

static void
put_value(struct buf *line, struct str v)
{
	buf_addc(line, '"');
	while (v.len) {
		unsigned char c = (unsigned char)v.p[0];
		size_t good = utf8_check(v), n = 0;

		while (n < good && (unsigned char)v.p[n] >= 0x20 &&
		    v.p[n] != 0x7f && v.p[n] != '"' && v.p[n] != '\\')
			n++;
		buf_add(line, str_n(v.p, n));
		v = str_n(v.p + n, v.len - n);
		if (n || !v.len)
			continue;
		if (c == '"' || c == '\\')
			buf_addf(line, "\\%c", c);
		else
			buf_addf(line, "\\x%02x", c);
		v = str_n(v.p + 1, v.len - 1);
	}
	buf_addc(line, '"');
}

static void
say(enum log_level level, const char *msg, va_list ap)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	int no = errno;
	const char *key;

	if (level > talkative)
		return;
	buf_addf(&line, "level=%s msg=", names[level]);
	put_value(&line, str(msg));
	while ((key = va_arg(ap, const char *))) {
		const char *value = va_arg(ap, const char *);

		buf_addf(&line, " %s=", key);
		put_value(&line, str(value ? value : ""));
	}
	/* one that is too long is cut, but stays one line */
	line.full = false;
	if (line.len == line.max)
		line.len--;
	buf_addc(&line, '\n');
	fd_write_all(STDERR_FILENO, buf_str(&line));
	buf_free(&line);
	errno = no;
}

#define VERB(name, level) \
	void name(const char *msg, ...) \
	{ \
		va_list ap; \
		va_start(ap, msg); \
		say(level, msg, ap); \
		va_end(ap); \
	}

VERB(log_error, LOG_LEVEL_ERROR)
VERB(log_warn, LOG_LEVEL_WARN)
VERB(log_info, LOG_LEVEL_INFO)
VERB(log_debug, LOG_LEVEL_DEBUG)
