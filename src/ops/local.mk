noinst_LIBRARIES += src/ops/libops.a
src_ops_libops_a_SOURCES = \
	src/ops/file.c src/ops/file.h \
	src/ops/gate_store.c src/ops/gate_store.h \
	src/ops/ingest.c src/ops/ingest.h \
	src/ops/judge.h \
	src/ops/life.c src/ops/life.h \
	src/ops/look.c src/ops/look.h \
	src/ops/ops.c src/ops/ops.h \
	src/ops/push.c src/ops/push.h \
	src/ops/scan.c src/ops/scan.h \
	src/ops/send.c src/ops/send.h \
	src/ops/source.h \
	src/ops/webhook.c src/ops/webhook.h
