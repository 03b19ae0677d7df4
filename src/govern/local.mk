noinst_LIBRARIES += src/govern/libgovern.a
src_govern_libgovern_a_SOURCES = \
	src/govern/apply.c src/govern/apply.h \
	src/govern/backup.c src/govern/backup.h \
	src/govern/backup_file.c src/govern/backup_file.h \
	src/govern/check.c src/govern/check.h \
	src/govern/describe.c \
	src/govern/edits.c src/govern/edits.h \
	src/govern/export.c src/govern/export.h \
	src/govern/export_check.c \
	src/govern/govern.c src/govern/govern.h \
	src/govern/history.c src/govern/history.h \
	src/govern/once.c src/govern/once.h \
	src/govern/publish.c src/govern/publish.h \
	src/govern/record.c src/govern/record.h \
	src/govern/recover.c src/govern/recover.h \
	src/govern/restore.c \
	src/govern/report.c src/govern/report.h \
	src/govern/retain.c src/govern/retain.h \
	src/govern/revert.c src/govern/revert.h \
	src/govern/ticket.c src/govern/ticket.h \
	src/govern/undo.c src/govern/undo.h \
	src/govern/access.c src/govern/access.h \
	src/govern/work.h
