noinst_LIBRARIES += src/remote/libremote.a
src_remote_libremote_a_SOURCES = \
	src/remote/chat.c \
	src/remote/chat.h \
	src/remote/cloudflare.c \
	src/remote/cloudflare.h \
	src/remote/core_api.c \
	src/remote/core_api.h \
	src/remote/gate.h \
	src/remote/gate_rules.c \
	src/remote/gate_rules.h \
	src/remote/github.c \
	src/remote/github.h \
	src/remote/github_app.c \
	src/remote/github_ask.c \
	src/remote/github_ask.h \
	src/remote/github_build.c \
	src/remote/github_fault.c \
	src/remote/github_fault.h \
	src/remote/github_issue.c \
	src/remote/github_label.c \
	src/remote/github_list.c \
	src/remote/github_log.c \
	src/remote/github_wire.c \
	src/remote/github_wire.h \
	src/remote/https.c \
	src/remote/https.h \
	src/remote/https_head.c \
	src/remote/https_head.h \
	src/remote/https_url.c \
	src/remote/https_url.h \
	src/remote/json_api.c \
	src/remote/json_api.h \
	src/remote/lines.c \
	src/remote/lines.h \
	src/remote/sse_reader.c \
	src/remote/sse_reader.h
