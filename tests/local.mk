# What `make check` runs: unit tests, the programs as plain CGI, lints.  Each
# prints TAP.  Tests that need ports or npm are in tests/e2e: contrib/check.
unit_tests =
check_PROGRAMS += $(unit_tests)
unit_libs = $(api_libs)
unit_deps = $(api_deps)
