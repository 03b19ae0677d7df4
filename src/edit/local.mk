noinst_LIBRARIES += src/edit/libedit.a
src_edit_libedit_a_SOURCES = \
	src/edit/batch.h \
	src/edit/bridge.c src/edit/bridge.h \
	src/edit/doc.c \
	src/edit/doc.h \
	src/edit/ops.c \
	src/edit/ops.h \
	src/edit/plan.c \
	src/edit/plan.h \
	src/edit/plan_expect.c \
	src/edit/plan_file.c \
	src/edit/plan_file.h \
	src/edit/plan_op.c \
	src/edit/resolve.c src/edit/resolve.h \
	src/edit/script.h \
	src/edit/span.c \
	src/edit/span.h \
	src/edit/text.c \
	src/edit/text.h \
	src/edit/udiff.c \
	src/edit/udiff.h
