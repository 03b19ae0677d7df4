noinst_LIBRARIES += src/logs/liblogs.a
src_logs_liblogs_a_SOURCES =
# groups of lines
src_logs_liblogs_a_SOURCES += \
	src/logs/drain.c \
	src/logs/drain.h \
	src/logs/drain_leaf.c \
	src/logs/drain_near.c \
	src/logs/drain_private.h \
	src/logs/drain_rows.c \
	src/logs/fingerprint.c \
	src/logs/fingerprint.h \
	src/logs/frame_line.c \
	src/logs/frame_line.h \
	src/logs/frame_tidy.c \
	src/logs/frames.c \
	src/logs/frames.h \
	src/logs/grouper.c \
	src/logs/grouper.h \
	src/logs/head.c \
	src/logs/head.h \
	src/logs/mask.c \
	src/logs/mask.h \
	src/logs/severity.c \
	src/logs/severity.h \
	src/logs/token.c \
	src/logs/token.h \
	src/logs/words.c \
	src/logs/words.h
