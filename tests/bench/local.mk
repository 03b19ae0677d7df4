# Benchmarks: tests/bench/apply, edit, fanout, http, ingest, ops, query, seed, verify.
# They make these when they run; nothing else needs them but tests/cgi/bench.bats.
EXTRA_PROGRAMS += tests/bench/limit_apply tests/bench/hello_fcgi \
	tests/bench/edit_ops tests/bench/edit_carry tests/bench/ingest_log \
	tests/bench/seed_log tests/bench/fanout_load tests/bench/limit_fanout \
	tests/bench/lws_fanout tests/bench/ops_group
tests_bench_limit_apply_SOURCES = tests/bench/limit_apply.c tests/bench/check.h
tests_bench_hello_fcgi_SOURCES = tests/bench/hello_fcgi.c
tests_bench_hello_fcgi_LDADD = $(FCGI_LIBS)
tests_bench_edit_ops_SOURCES = tests/bench/edit_ops.c
tests_bench_edit_ops_LDADD = $(edit_libs) $(model_libs) $(model_deps)
tests_bench_edit_carry_SOURCES = tests/bench/edit_carry.c
tests_bench_edit_carry_LDADD = $(govern_libs) $(store_deps)
bench_story = tests/bench/seed_cast.c tests/bench/seed_cast.h \
	tests/bench/seed_dice.c tests/bench/seed_dice.h \
	tests/bench/seed_story.c tests/bench/seed_story.h \
	tests/bench/seed_words.c tests/bench/seed_words.h
tests_bench_ingest_log_SOURCES = tests/bench/ingest_log.c \
	tests/bench/ingest_bare.c tests/bench/ingest_bare.h $(bench_story)
tests_bench_ingest_log_LDADD = $(govern_libs) $(store_deps) -lm
tests_bench_seed_log_SOURCES = tests/bench/seed_log.c \
	tests/bench/seed_flat.c tests/bench/seed_flat.h \
	tests/bench/seed_ours.c tests/bench/seed_ours.h $(bench_story)
tests_bench_seed_log_LDADD = $(govern_libs) $(store_deps) -lm
tests_bench_fanout_load_SOURCES = tests/bench/fanout_load.c \
	tests/bench/fanout_clock.c tests/bench/fanout_clock.h \
	tests/bench/fanout_publisher.c tests/bench/fanout_publisher.h \
	tests/bench/fanout_sub.c tests/bench/fanout_sub.h
tests_bench_fanout_load_LDADD = $(store_libs) $(store_deps)
tests_bench_limit_fanout_SOURCES = tests/bench/limit_fanout.c \
	tests/bench/limit_ring.c tests/bench/limit_ring.h tests/bench/check.h
tests_bench_limit_fanout_LDADD = -lpthread
# Only where libwebsockets-dev is installed.
tests_bench_lws_fanout_SOURCES = tests/bench/lws_fanout.c tests/bench/check.h
tests_bench_lws_fanout_LDADD = -lwebsockets
tests_bench_ops_group_SOURCES = tests/bench/ops_group.c tests/bench/check.h \
	tests/bench/ops_intake.c tests/bench/ops_intake.h $(loghub)
tests_bench_ops_group_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/lib
tests_bench_ops_group_LDADD = $(logs_libs) $(model_libs) $(ZLIB_LIBS) $(model_deps)
CLEANFILES += tests/bench/limit_apply tests/bench/hello_fcgi \
	tests/bench/edit_ops tests/bench/edit_carry tests/bench/ingest_log \
	tests/bench/seed_log tests/bench/fanout_load tests/bench/limit_fanout \
	tests/bench/lws_fanout tests/bench/ops_group
EXTRA_DIST += tests/bench/README.md tests/bench/apply tests/bench/bench.py tests/bench/contender.py \
	tests/bench/edit tests/bench/fanout tests/bench/fanout_peers.py \
	tests/bench/fanout_servers.py tests/bench/handler.py tests/bench/http \
	tests/bench/ingest tests/bench/log_cases.py tests/bench/ops \
	tests/bench/peer_sql.py \
	tests/bench/peers.py tests/bench/peer_node/package.json \
	tests/bench/peer_node/server.mjs tests/bench/peer_stream/package.json \
	tests/bench/peer_stream/server.mjs tests/bench/query tests/bench/seed \
	tests/bench/verify
