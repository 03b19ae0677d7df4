noinst_LIBRARIES += src/bridge/libbridge.a
src_bridge_libbridge_a_SOURCES = \
	src/bridge/bridge.c \
	src/bridge/bridge.h \
	src/bridge/region.c \
	src/bridge/region.h \
	src/bridge/resolve.c \
	src/bridge/resolve.h
