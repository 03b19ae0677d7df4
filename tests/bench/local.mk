# Benchmarks: tests/bench/apply, tests/bench/http.  They make these when they
# run; nothing else needs them.
EXTRA_PROGRAMS += tests/bench/limit_apply tests/bench/hello_fcgi
tests_bench_limit_apply_SOURCES = tests/bench/limit_apply.c
tests_bench_hello_fcgi_SOURCES = tests/bench/hello_fcgi.c
tests_bench_hello_fcgi_LDADD = $(FCGI_LIBS)
CLEANFILES += tests/bench/limit_apply tests/bench/hello_fcgi
EXTRA_DIST += tests/bench/apply tests/bench/bench.py tests/bench/http
