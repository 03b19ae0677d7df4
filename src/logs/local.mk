noinst_LIBRARIES += src/logs/liblogs.a
src_logs_liblogs_a_SOURCES =
# lines
src_logs_liblogs_a_SOURCES += \
	src/logs/clean.c src/logs/clean.h \
	src/logs/inflate.c src/logs/inflate.h \
	src/logs/intake.c src/logs/intake.h \
	src/logs/intake_journal.c \
	src/logs/intake_json.c \
	src/logs/intake_logpush.c \
	src/logs/intake_plain.c \
	src/logs/intake_reader.h \
	src/logs/intake_record.c \
	src/logs/intake_value.c \
	src/logs/items.c src/logs/items.h \
	src/logs/needles.c src/logs/needles.h \
	src/logs/plain.c src/logs/plain.h \
	src/logs/redact.c src/logs/redact.def src/logs/redact.h \
	src/logs/redact_form.c src/logs/redact_form.h \
	src/logs/redact_json.c \
	src/logs/redact_name.c \
	src/logs/wash.c src/logs/wash.h
# groups of lines
src_logs_liblogs_a_SOURCES += \
	src/logs/drain.c \
	src/logs/drain.h \
	src/logs/drain_leaf.c \
	src/logs/drain_near.c \
	src/logs/drain_private.h \
	src/logs/drain_rows.c \
	src/logs/fingerprint.c \
	src/logs/fingerprint.h \
	src/logs/frame_line.c \
	src/logs/frame_line.h \
	src/logs/frame_tidy.c \
	src/logs/frames.c \
	src/logs/frames.h \
	src/logs/grouper.c \
	src/logs/grouper.h \
	src/logs/head.c \
	src/logs/head.h \
	src/logs/mask.c \
	src/logs/mask.h \
	src/logs/severity.c \
	src/logs/severity.h \
	src/logs/token.c \
	src/logs/token.h \
	src/logs/words.c \
	src/logs/words.h
