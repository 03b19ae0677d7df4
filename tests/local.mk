# What `make check` runs: unit tests, the programs as plain CGI, lints.  Each
# prints TAP.  Tests that need ports, a web server or npm are in tests/e2e and
# run by contrib/check.
unit_tests = \
	tests/unit/test_event_chain \
	tests/unit/test_log_query \
	tests/unit/test_migrate \
	tests/unit/test_store

check_PROGRAMS += $(unit_tests)

unit_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/tests/lib

tests_unit_test_event_chain_SOURCES = tests/unit/test_event_chain.c
tests_unit_test_event_chain_CPPFLAGS = $(unit_cppflags)
tests_unit_test_event_chain_LDADD = $(store_libs) $(store_deps)

tests_unit_test_log_query_SOURCES = tests/unit/test_log_query.c
tests_unit_test_log_query_CPPFLAGS = $(unit_cppflags)
tests_unit_test_log_query_LDADD = $(store_libs) $(store_deps)

tests_unit_test_migrate_SOURCES = tests/unit/test_migrate.c
tests_unit_test_migrate_CPPFLAGS = $(unit_cppflags)
tests_unit_test_migrate_LDADD = $(store_libs) $(store_deps)

tests_unit_test_store_SOURCES = tests/unit/test_store.c
tests_unit_test_store_CPPFLAGS = $(unit_cppflags)
tests_unit_test_store_LDADD = $(store_libs) $(store_deps)

cgi_tests =
lint_tests = \
	tests/lint/layers.sh \
	tests/lint/style.sh \
	tests/lint/manuals.sh

TEST_EXTENSIONS = .bats .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
BATS_LOG_DRIVER = $(TAP_DRIVER)
BATS_LOG_COMPILER = $(SHELL) $(srcdir)/tests/lib/run-bats
TESTS = $(unit_tests) $(cgi_tests) $(lint_tests)
AM_TESTS_ENVIRONMENT = \
	abs_top_srcdir='$(abs_top_srcdir)'; export abs_top_srcdir; \
	abs_top_builddir='$(abs_top_builddir)'; export abs_top_builddir; \
	BATS='$(BATS)'; export BATS; \
	unset PATCHWARDEN_CONFIG PATCHWARDEN_DATABASE;

EXTRA_DIST += $(cgi_tests) $(lint_tests) \
	tests/lib/store_fixture.h \
	tests/lib/tap.bash \
	tests/lib/tap.h \
	tests/lib/run-bats \
	.shellcheckrc
