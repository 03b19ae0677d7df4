sbin_PROGRAMS += src/broadcastd/broadcastd
noinst_LIBRARIES += src/broadcastd/libbroadcastd.a
src_broadcastd_libbroadcastd_a_SOURCES = \
	src/broadcastd/admit.c src/broadcastd/admit.h \
	src/broadcastd/answer.c src/broadcastd/answer.h \
	src/broadcastd/auth.c src/broadcastd/auth.h \
	src/broadcastd/conn.c src/broadcastd/conn.h \
	src/broadcastd/conns.c src/broadcastd/conns.h \
	src/broadcastd/conn_open.c src/broadcastd/conn_open.h \
	src/broadcastd/conn_send.c src/broadcastd/conn_send.h \
	src/broadcastd/feed.c src/broadcastd/feed.h \
	src/broadcastd/gather.c src/broadcastd/gather.h \
	src/broadcastd/gauges.c src/broadcastd/gauges.h \
	src/broadcastd/handshake.c src/broadcastd/handshake.h \
	src/broadcastd/hub.c src/broadcastd/hub.h \
	src/broadcastd/hub_filter.c src/broadcastd/hub_private.h \
	src/broadcastd/listen.c src/broadcastd/listen.h \
	src/broadcastd/loop.c src/broadcastd/loop.h \
	src/broadcastd/message.c src/broadcastd/message.h \
	src/broadcastd/quota.c src/broadcastd/quota.h \
	src/broadcastd/server.h \
	src/broadcastd/sse.c src/broadcastd/sse.h \
	src/broadcastd/subscription.c src/broadcastd/subscription.h \
	src/broadcastd/ticket.c src/broadcastd/ticket.h \
	src/broadcastd/ws.c src/broadcastd/ws.h \
	src/broadcastd/ws_deflate.c src/broadcastd/ws_deflate.h

src_broadcastd_broadcastd_SOURCES = src/broadcastd/main.c
src_broadcastd_broadcastd_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) \
	$(broadcastd_deps)

dist_man_MANS += src/broadcastd/broadcastd.8
