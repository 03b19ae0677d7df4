noinst_LIBRARIES += src/ops/libops.a
src_ops_libops_a_SOURCES =
