noinst_LIBRARIES += src/local/liblocal.a
src_local_liblocal_a_SOURCES = \
	src/local/apply.c \
	src/local/change.c \
	src/local/change.h \
	src/local/intent.c \
	src/local/intent.h \
	src/local/local.h \
	src/local/queue.c \
	src/local/queue.h \
	src/local/revert.c \
	src/local/reverse.c \
	src/local/reverse.h \
	src/local/root.c \
	src/local/state.c \
	src/local/state.h \
	src/local/trail.c \
	src/local/trail.h
