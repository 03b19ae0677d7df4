noinst_LIBRARIES += src/tree/libtree.a
src_tree_libtree_a_SOURCES = \
	src/tree/beneath.c \
	src/tree/folders.c \
	src/tree/path.c \
	src/tree/publish.c \
	src/tree/recover.c \
	src/tree/rename.c \
	src/tree/stage.c \
	src/tree/tree.h \
	src/tree/workspace.h
