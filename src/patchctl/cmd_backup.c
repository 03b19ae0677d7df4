#include "patchctl/command.h"

const struct command backup_commands[] = {
	{ 0 }
};
