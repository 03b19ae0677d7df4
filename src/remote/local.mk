noinst_LIBRARIES += src/remote/libremote.a
src_remote_libremote_a_SOURCES = \
	src/remote/gate.h \
	src/remote/gate_rules.h \
	src/remote/github.h \
	src/remote/chat.c src/remote/chat.h \
	src/remote/cloudflare.c src/remote/cloudflare.h \
	src/remote/core_api.c src/remote/core_api.h \
	src/remote/json_api.c src/remote/json_api.h \
	src/remote/lines.c src/remote/lines.h \
	src/remote/https.c \
	src/remote/https.h \
	src/remote/sse_reader.c \
	src/remote/sse_reader.h
