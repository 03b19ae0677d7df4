noinst_LIBRARIES += src/validate/libvalidate.a
src_validate_libvalidate_a_SOURCES = \
	src/validate/copy.c \
	src/validate/diagnostics.c src/validate/diagnostics.h \
	src/validate/filter.c \
	src/validate/hide.c \
	src/validate/jail.c \
	src/validate/job.c src/validate/job.h \
	src/validate/presets.c src/validate/presets.h \
	src/validate/runner.c src/validate/runner.h \
	src/validate/serve.c src/validate/serve.h \
	src/validate/validate.c src/validate/validate.h \
	src/validate/view.c \
	src/validate/watch.c \
	src/validate/wire.c src/validate/wire.h
