noinst_LIBRARIES += src/text/libtext.a
src_text_libtext_a_SOURCES = \
	src/text/differ.c \
	src/text/differ.h \
	src/text/doc.c \
	src/text/doc.h \
	src/text/match.c \
	src/text/match.h \
	src/text/script.c \
	src/text/script.h \
	src/text/text.c \
	src/text/text.h \
	src/text/udiff.c \
	src/text/udiff.h
