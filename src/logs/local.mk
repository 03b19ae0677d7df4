noinst_LIBRARIES += src/logs/liblogs.a
src_logs_liblogs_a_SOURCES =
# lines
src_logs_liblogs_a_SOURCES += \
	src/logs/clean.h \
	src/logs/inflate.h \
	src/logs/intake.h \
	src/logs/redact.def src/logs/redact.h \
	src/logs/wash.h
# groups of lines
src_logs_liblogs_a_SOURCES += \
	src/logs/drain.h \
	src/logs/fingerprint.h \
	src/logs/frames.h \
	src/logs/grouper.h \
	src/logs/head.h \
	src/logs/mask.h \
	src/logs/severity.h
