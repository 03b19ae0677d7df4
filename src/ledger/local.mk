noinst_LIBRARIES += src/ledger/libledger.a
src_ledger_libledger_a_SOURCES = \
	src/ledger/answer.c \
	src/ledger/answer.h \
	src/ledger/bins.c \
	src/ledger/bins.h \
	src/ledger/ledger.h \
	src/ledger/log_query.c \
	src/ledger/log_query.h \
	src/ledger/outcome.c \
	src/ledger/outcome.h \
	src/ledger/patch_log.c \
	src/ledger/patch_log.h \
	src/ledger/projection.c \
	src/ledger/projection.h \
	src/ledger/report_store.c \
	src/ledger/report_store.h \
	src/ledger/retention.c \
	src/ledger/retention.h \
	src/ledger/rollup.c \
	src/ledger/rollup.h \
	src/ledger/seal.c \
	src/ledger/seal.h \
	src/ledger/stat.c \
	src/ledger/stat.h \
	src/ledger/stats.c \
	src/ledger/stats.h \
	src/ledger/sums.c \
	src/ledger/sums.h \
	src/ledger/tally_write.c \
	src/ledger/term.c \
	src/ledger/term.h \
	src/ledger/trail.c \
	src/ledger/trail.h \
	src/ledger/trends.c \
	src/ledger/trends.h \
	src/ledger/work_list.c \
	src/ledger/work_list.h
