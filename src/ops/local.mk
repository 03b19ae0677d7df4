noinst_LIBRARIES += src/ops/libops.a
src_ops_libops_a_SOURCES = \
	src/ops/file.c src/ops/file.h \
	src/ops/file_mark.c src/ops/file_mark.h \
	src/ops/gate_store.c src/ops/gate_store.h \
	src/ops/ingest.c src/ops/ingest.h \
	src/ops/judge.c src/ops/judge.h \
	src/ops/life.c src/ops/life.h \
	src/ops/look.c src/ops/look.h \
	src/ops/opinion.c src/ops/opinion.h \
	src/ops/ops.c src/ops/ops.h \
	src/ops/push.c src/ops/push.h \
	src/ops/read.h \
	src/ops/regroup.c src/ops/regroup.h \
	src/ops/say.c src/ops/say.h \
	src/ops/scan.c src/ops/scan.h \
	src/ops/send.c src/ops/send.h \
	src/ops/source.c src/ops/source.h \
	src/ops/source_actions.c src/ops/source_actions.h \
	src/ops/source_actions_run.c \
	src/ops/source_cloudflare.c \
	src/ops/source_files.c \
	src/ops/source_patches.c \
	src/ops/webhook.c src/ops/webhook.h
