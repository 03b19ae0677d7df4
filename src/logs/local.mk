noinst_LIBRARIES += src/logs/liblogs.a
src_logs_liblogs_a_SOURCES =
