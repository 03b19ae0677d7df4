noinst_LIBRARIES += src/tracker/libtracker.a
src_tracker_libtracker_a_SOURCES = \
	src/tracker/issue.c src/tracker/issue.h \
	src/tracker/issue_merge.c \
	src/tracker/line.c src/tracker/line.h \
	src/tracker/memory.c src/tracker/memory.h \
	src/tracker/outbox.c src/tracker/outbox.h \
	src/tracker/scan.c src/tracker/scan.h \
	src/tracker/template.c src/tracker/template.h
