bin_PROGRAMS += src/patchctl/patchctl
src_patchctl_patchctl_SOURCES = \
	src/patchctl/cmd_backup.c \
	src/patchctl/cmd_batch.c \
	src/patchctl/cmd_bridge.c \
	src/patchctl/cmd_chain.c \
	src/patchctl/cmd_completion.c \
	src/patchctl/cmd_config.c \
	src/patchctl/cmd_contract.c \
	src/patchctl/cmd_db.c \
	src/patchctl/cmd_edit.c \
	src/patchctl/cmd_issues.c \
	src/patchctl/cmd_regroup.c \
	src/patchctl/cmd_log.c \
	src/patchctl/cmd_resolve.c \
	src/patchctl/cmd_report.c \
	src/patchctl/cmd_retain.c \
	src/patchctl/cmd_revert.c \
	src/patchctl/cmd_scan.c \
	src/patchctl/cmd_stats.c \
	src/patchctl/cmd_tail.c \
	src/patchctl/cmd_tasks.c \
	src/patchctl/cmd_token.c \
	src/patchctl/command.h \
	src/patchctl/fields.c \
	src/patchctl/fields.h \
	src/patchctl/follow.c \
	src/patchctl/follow.h \
	src/patchctl/input.c \
	src/patchctl/input.h \
	src/patchctl/main.c \
	src/patchctl/options.c \
	src/patchctl/progress.c \
	src/patchctl/progress.h \
	src/patchctl/remote.c \
	src/patchctl/show.c \
	src/patchctl/show.h \
	src/patchctl/tail_line.c \
	src/patchctl/tail_line.h \
	src/patchctl/target.c \
	src/patchctl/target.h
src_patchctl_patchctl_LDADD = src/local/liblocal.a $(ops_libs) \
	$(govern_libs) $(store_deps)

dist_man_MANS += src/patchctl/patchctl.1
