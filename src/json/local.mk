noinst_LIBRARIES += src/json/libjson.a
src_json_libjson_a_SOURCES = \
	src/json/json_check.c src/json/json_check.h \
	src/json/json_reader.c src/json/json_reader.h \
	src/json/json_walk.c src/json/json_walk.h \
	src/json/json_writer.c src/json/json_writer.h
