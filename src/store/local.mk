noinst_LIBRARIES += src/store/libstore.a
src_store_libstore_a_SOURCES = \
	src/store/checkpoint.c \
	src/store/db.c \
	src/store/db.h \
	src/store/db_private.h \
	src/store/event_store.c \
	src/store/event_store.h \
	src/store/fault.c \
	src/store/file_edit.c \
	src/store/file_edit.h \
	src/store/idempotency.c \
	src/store/idempotency.h \
	src/store/journal.c \
	src/store/journal.h \
	src/store/lock.c \
	src/store/migrate.c \
	src/store/migrate.h \
	src/store/patch_custody.c \
	src/store/patch_custody.h \
	src/store/patch_diff.c \
	src/store/patch_diff.h \
	src/store/patch_revert.c \
	src/store/patch_revert.h \
	src/store/plan.c \
	src/store/producer_event.c \
	src/store/producer_event.h \
	src/store/schema.h \
	src/store/stmt.c \
	src/store/token.c \
	src/store/token.h \
	src/store/transaction.c
