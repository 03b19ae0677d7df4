noinst_LIBRARIES += src/model/libmodel.a
src_model_libmodel_a_SOURCES = \
	src/model/config.c src/model/config.h \
	src/model/event.c src/model/event.def src/model/event.h \
	src/model/event_line.c src/model/event_line.h \
	src/model/factory.c src/model/factory.h \
	src/model/latency.c \
	src/model/latency.h \
	src/model/log_line.c src/model/log_line.h \
	src/model/log_push.c src/model/log_push.h \
	src/model/log_query.c src/model/log_query.h \
	src/model/ops_issue.c src/model/ops_issue.h \
	src/model/patch_event.c src/model/patch_event.h \
	src/model/policy.c src/model/policy.h \
	src/model/position.c src/model/position.h \
	src/model/producer.c src/model/producer.h \
	src/model/report.c src/model/report.h \
	src/model/revert.c src/model/revert.h \
	src/model/scope.c src/model/scope.h \
	src/model/stat_query.c src/model/stat_query.h \
	src/model/task.c src/model/task.h \
	src/model/ticket.c src/model/ticket.h \
	src/model/verdict.c src/model/verdict.h
