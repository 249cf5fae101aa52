// SPDX-License-Identifier: Apache-2.0
/*
 * -c CMD: the child is forked at the start, so that its pid is known to the
 * programs, and waits on a pipe until all probes are attached. It dies with
 * the tool; if it ends first, so does the tool.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

/* Words are separated by single blanks; there is no quoting. */
static char **split(char *text)
{
	size_t n = 2, i = 0;
	char **argv, *s;

	for (s = text; *s; s++)
		n += *s == ' ';
	argv = calloc(n, sizeof(*argv));
	while (argv && text)
		argv[i++] = strsep(&text, " ");
	return argv;
}

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

static bool find_program(const char *name, char *path, size_t room)
{
	const char *dirs = getenv("PATH"), *end;

	if (strchr(name, '/')) {
		snprintf(path, room, "%s", name);
		return is_program(path);
	}
	for (; dirs && *name; dirs = *end ? end + 1 : NULL) {
		end = strchrnul(dirs, ':');
		snprintf(path, room, "%.*s/%s", (int)(end - dirs), dirs, name);
		if (end != dirs && is_program(path))
			return true;
	}
	return false;
}

static void wait_and_exec(int go, const char *path, char **argv, pid_t parent)
{
	char c;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || read(go, &c, 1) != 1)
		_exit(1);
	execv(path, argv);
	if (errno == ENOEXEC) {
		fprintf(stderr, "ERROR: %s is no program that the kernel can run\n", path);
		_exit(126);
	}
	fprintf(stderr, "ERROR: cannot run %s: %s\n", path, strerror(errno));
	_exit(127);
}

int btc_child_new(struct btc_run *r, const char *cmd)
{
	char path[4096], *text, **argv;
	pid_t parent = getpid();
	int pipefd[2], err = 0;

	if (!*cmd)
		return 0;
	text = strdup(cmd);
	argv = text ? split(text) : NULL;
	if (!argv) {
		free(text);
		return -ENOMEM;
	}
	if (!find_program(argv[0], path, sizeof(path)))
		err = btc_fail(r, BTC_STATUS_FACT, NULL, "-c %s: there is no program '%s'", cmd,
			       argv[0]);
	else if (pipe2(pipefd, O_CLOEXEC))
		err = -errno;
	if (!err) {
		fflush(NULL);
		r->child.pid = fork();
		if (!r->child.pid) {
			close(pipefd[1]);
			wait_and_exec(pipefd[0], path, argv, parent);
		}
		close(pipefd[0]);
		r->child.go = pipefd[1];
		if (r->child.pid < 0) {
			err = btc_fail(r, BTC_STATUS_FACT, NULL, "-c: cannot start a process: %s",
				       strerror(errno));
			r->child.pid = 0;
		} else {
			r->child.pidfd = syscall(SYS_pidfd_open, r->child.pid, 0);
			r->child.path = strdup(path);
		}
	}
	free(argv);
	free(text);
	return err;
}

int btc_child_start(struct btc_run *r)
{
	ssize_t n = 1;

	if (r->child.go >= 0) {
		n = write(r->child.go, "", 1);
		close(r->child.go);
		r->child.go = -1;
	}
	return n == 1 ? 0 : -EPIPE;
}

void btc_child_free(struct btc_run *r)
{
	unsigned i;
	pid_t done = 0;
	int status;

	if (r->child.go >= 0)
		close(r->child.go);
	if (r->child.pidfd >= 0)
		close(r->child.pidfd);
	free(r->child.path);
	r->child.path = NULL;
	r->child.go = r->child.pidfd = -1;
	if (!r->child.pid)
		return;
	if (!waitpid(r->child.pid, &status, WNOHANG)) {
		kill(r->child.pid, SIGTERM);
		for (i = 0; i < 100 && !(done = waitpid(r->child.pid, &status, WNOHANG)); i++)
			usleep(10000);
		if (!done) { /* it does not listen */
			kill(r->child.pid, SIGKILL);
			waitpid(r->child.pid, &status, 0);
		}
	}
	r->child.pid = 0;
}
