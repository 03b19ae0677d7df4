noinst_LIBRARIES += src/dialect/libdialect.a
src_dialect_libdialect_a_SOURCES = \
	src/dialect/fences.h \
	src/dialect/line_list.c src/dialect/line_list.h \
	src/dialect/marker.c src/dialect/marker.h \
	src/dialect/patchset.h \
	src/dialect/regex.c src/dialect/regex.h
