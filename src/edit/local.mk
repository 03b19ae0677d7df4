noinst_LIBRARIES += src/edit/libedit.a
src_edit_libedit_a_SOURCES = \
	src/edit/batch.h \
	src/edit/ops.c \
	src/edit/ops.h \
	src/edit/plan.c \
	src/edit/plan.h \
	src/edit/plan_asked.c \
	src/edit/plan_expect.c \
	src/edit/plan_file.c \
	src/edit/plan_hunk.c \
	src/edit/plan_hunk.h \
	src/edit/plan_lines.c \
	src/edit/plan_op.c \
	src/edit/plan_patch.c \
	src/edit/plan_place.c \
	src/edit/plan_search.c \
	src/edit/plan_version.c \
	src/edit/plan_whole.c \
	src/edit/planner.h \
	src/edit/tell.c \
	src/edit/tell.h \
	src/edit/view.c
