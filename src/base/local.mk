noinst_LIBRARIES += src/base/libbase.a
src_base_libbase_a_SOURCES = \
	src/base/arena.c \
	src/base/arena.h \
	src/base/banned.h \
	src/base/base64.c \
	src/base/base64.h \
	src/base/buf.c \
	src/base/buf.h \
	src/base/calendar.c \
	src/base/calendar.h \
	src/base/clock.c \
	src/base/clock.h \
	src/base/doorbell.c \
	src/base/doorbell.h \
	src/base/err.c \
	src/base/err.h \
	src/base/fd.c \
	src/base/fd.h \
	src/base/hash.c \
	src/base/hash.h \
	src/base/id.c \
	src/base/id.h \
	src/base/limits.h \
	src/base/log.c \
	src/base/log.h \
	src/base/sandbox.c \
	src/base/sandbox.h \
	src/base/str.c \
	src/base/str.h \
	src/base/utf8.c \
	src/base/utf8.h \
	src/base/err.def
