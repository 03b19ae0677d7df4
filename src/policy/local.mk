noinst_LIBRARIES += src/policy/libpolicy.a
src_policy_libpolicy_a_SOURCES = \
	src/policy/carry.c src/policy/carry.h \
	src/policy/guard.c src/policy/guard.h \
	src/policy/guard_rules.c \
	src/policy/judge.c src/policy/judge.h \
	src/policy/limit_rules.c \
	src/policy/path_rules.c \
	src/policy/policy.h \
	src/policy/policy_file.c \
	src/policy/task_rules.c
