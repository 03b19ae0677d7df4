#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "validate/serve.h"

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#define FOREIGN_BIT 0x40000000u		/* x32 */
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#define FOREIGN_BIT 0x80000000u		/* no call has such a number */
#endif

#define NEW_SPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | \
	CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWCGROUP)
#define FILTER_MAX 128

/* Sockets of every kind, as those with a name in the file system lead out of a
 * namespace too; what could undo the rest. */
static const int refused[] = {
	SYS_socket, SYS_unshare, SYS_setns, SYS_mount, SYS_umount2,
	SYS_pivot_root, SYS_chroot, SYS_open_tree, SYS_move_mount, SYS_fsopen,
	SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_ptrace,
	SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd,
	SYS_add_key, SYS_request_key, SYS_keyctl, SYS_bpf, SYS_perf_event_open,
	SYS_userfaultfd, SYS_kexec_load, SYS_init_module, SYS_finit_module,
	SYS_delete_module, SYS_swapon, SYS_reboot, SYS_open_by_handle_at,
};
/* As on a kernel without them; there are older calls that can be looked at. */
static const int missing[] = { SYS_clone3, SYS_io_uring_setup };
/* All stay in one group, which can be ended at once. */
static const int leaving[] = { SYS_setsid, SYS_setpgid };

#ifdef NATIVE
static size_t
put(struct sock_filter *f, size_t n, struct sock_filter one)
{
	f[n] = one;
	return n + 1;
}

static size_t
put_calls(struct sock_filter *f, size_t n, const int *calls, size_t count,
    unsigned error)
{
	for (size_t i = 0; i < count; i++) {
		n = put(f, n, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ |
		    BPF_K, (unsigned)calls[i], 0, 1));
		n = put(f, n, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		    SECCOMP_RET_ERRNO | error));
	}
	return n;
}

int
filter_enter(bool one_group)
{
	struct sock_filter f[FILTER_MAX];
	struct sock_fprog prog = { .filter = f };
	const struct sock_filter no_call = BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ERRNO | ENOSYS);
	size_t n = 0;

	n = put(f, n, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, arch)));
	n = put(f, n, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	    NATIVE, 1, 0));
	n = put(f, n, no_call);
	n = put(f, n, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, nr)));
	n = put(f, n, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
	    FOREIGN_BIT, 0, 1));
	n = put(f, n, no_call);
	n = put_calls(f, n, refused, countof(refused), EPERM);
	n = put_calls(f, n, missing, countof(missing), ENOSYS);
	if (one_group)
		n = put_calls(f, n, leaving, countof(leaving), EPERM);
	/* clone() for new processes and threads, not for namespaces; its flags
	 * are the low half of the first argument */
	n = put(f, n, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	    SYS_clone, 0, 3));
	n = put(f, n, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, args[0])));
	n = put(f, n, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K,
	    NEW_SPACES, 0, 1));
	n = put(f, n, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ERRNO | EPERM));
	n = put(f, n, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ALLOW));
	prog.len = (unsigned short)n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}
#else
int
filter_enter(bool one_group)
{
	(void)one_group;
	(void)refused;
	(void)missing;
	(void)leaving;
	errno = ENOSYS;
	return -1;
}
#endif
