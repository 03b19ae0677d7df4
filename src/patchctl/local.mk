bin_PROGRAMS += src/patchctl/patchctl
src_patchctl_patchctl_SOURCES = \
	src/patchctl/cmd_bridge.c \
	src/patchctl/cmd_completion.c \
	src/patchctl/cmd_config.c \
	src/patchctl/cmd_contract.c \
	src/patchctl/cmd_db.c \
	src/patchctl/cmd_resolve.c \
	src/patchctl/cmd_token.c \
	src/patchctl/command.h \
	src/patchctl/main.c \
	src/patchctl/options.c \
	src/patchctl/root.c src/patchctl/root.h
src_patchctl_patchctl_LDADD = $(govern_libs) $(store_deps)

dist_man_MANS += src/patchctl/patchctl.1
