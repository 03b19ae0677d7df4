noinst_LIBRARIES += src/remote/libremote.a
src_remote_libremote_a_SOURCES = \
	src/remote/gate.h \
	src/remote/gate_rules.h \
	src/remote/github.h \
	src/remote/https.c \
	src/remote/https.h \
	src/remote/sse_reader.c \
	src/remote/sse_reader.h
