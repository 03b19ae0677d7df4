noinst_LIBRARIES += src/api/libapi.a
src_api_libapi_a_SOURCES = \
	src/api/answer.c src/api/answer.h \
	src/api/bridge.c src/api/bridge.h \
	src/api/coords.c src/api/coords.h \
	src/api/detach.c src/api/detach.h \
	src/api/events.c src/api/events.h \
	src/api/files.c src/api/files.h \
	src/api/github.c src/api/github.h \
	src/api/github_shape.c src/api/github_shape.h \
	src/api/health.c \
	src/api/log_export.c src/api/log_export.h \
	src/api/log_follow.c src/api/log_follow.h \
	src/api/logs.c src/api/logs.h \
	src/api/ops.c src/api/ops.h \
	src/api/ops_intake.c src/api/ops_intake.h \
	src/api/ops_issue.c src/api/ops_issue.h \
	src/api/ops_scan.c src/api/ops_scan.h \
	src/api/ops_use.c src/api/ops_use.h \
	src/api/patches.c src/api/patches.h \
	src/api/program.c src/api/program.h \
	src/api/report_forms.c src/api/report_forms.h \
	src/api/reports.c src/api/reports.h \
	src/api/revert.c src/api/revert.h \
	src/api/rpc.c src/api/rpc.h \
	src/api/stats.c src/api/stats.h \
	src/api/tickets.c src/api/tickets.h \
	src/api/trail.c src/api/trail.h
