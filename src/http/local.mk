noinst_LIBRARIES += src/http/libhttp.a
src_http_libhttp_a_SOURCES = \
	src/http/app.c src/http/app.h \
	src/http/auth.c src/http/auth.h \
	src/http/etag.c src/http/etag.h \
	src/http/gateway.h src/http/gateway_cgi.c src/http/gateway_fcgi.c \
	src/http/main.c \
	src/http/pool.c \
	src/http/request.c src/http/request.h \
	src/http/response.c src/http/response.h \
	src/http/route.c src/http/route.h
