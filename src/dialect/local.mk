noinst_LIBRARIES += src/dialect/libdialect.a
src_dialect_libdialect_a_SOURCES = \
	src/dialect/cursor.h \
	src/dialect/diff_name.c \
	src/dialect/diff_name.h \
	src/dialect/envelope.c \
	src/dialect/fences.c \
	src/dialect/fences.h \
	src/dialect/line_list.c \
	src/dialect/line_list.h \
	src/dialect/marker.c \
	src/dialect/marker.h \
	src/dialect/patchset.h \
	src/dialect/patchset_build.c \
	src/dialect/patchset_build.h \
	src/dialect/regex.c \
	src/dialect/regex.h \
	src/dialect/unified.c \
	src/dialect/unified_hunk.c \
	src/dialect/unified_hunk.h
