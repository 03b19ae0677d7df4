noinst_LIBRARIES += src/remote/libremote.a
src_remote_libremote_a_SOURCES =
