noinst_LIBRARIES += src/edit/libedit.a
src_edit_libedit_a_SOURCES = \
	src/edit/batch.h \
	src/edit/plan.h \
	src/edit/workspace.h
