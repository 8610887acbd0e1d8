/*
 * LD_PRELOAD shim: lets the real NVIDIA user-space programs believe that a kernel module of version
 * $NVSHIM_VERSION is loaded. There need be no GPU, no module and no device node.
 *
 * What it stands in for is what libnvidia-ml was seen (with strace) to do before anything else:
 *   1. it asks whether the module is loaded: /sys/module/nvidia/initstate (older series: /proc/modules);
 *   2. it reads /proc/driver/nvidia/params and looks at the device node /dev/nvidiactl;
 *   3. it opens the node and issues the version check: ioctl(fd, _IOWR('F', 210, struct version_check)).
 * The kernel answers 3 with its own version; if the client's is another, with EINVAL, and that is the one
 * place where "Driver/library version mismatch" comes from. Everything after it fails here (no GPU).
 *
 * So a check passed and "no driver" can look alike from outside; therefore every version check is written,
 * as one line "CLIENT'S-VERSION equal|different", to the file $NVSHIM_LOG.
 *
 * Of no use for static programs or raw system calls. Unset or empty NVSHIM_VERSION: the shim does nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct version_check {
    uint32_t command; /* '2' asks for the version only; anything else is the strict check */
    uint32_t reply;   /* 1: the versions are equal */
    char version[64]; /* in: the client's; out: the kernel's */
};
#define VERSION_CHECK _IOWR('F', 210, struct version_check)
#define CONTROL_NODE "/dev/nvidiactl"

#define NEXT(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

static int control_fd = -1;

static const char *loaded(void)
{
    const char *version = getenv("NVSHIM_VERSION");
    return version && *version ? version : NULL;
}

static int is_control_node(const char *path)
{
    return loaded() && path && strcmp(path, CONTROL_NODE) == 0;
}

/* The text of a file that only a machine with the module has; NULL for any other path. */
static const char *text_of(const char *path)
{
    static char text[512];
    const char *version = loaded();
    if (!version || !path)
        return NULL;
    if (strcmp(path, "/sys/module/nvidia/initstate") == 0)
        return "live\n";
    if (strcmp(path, "/proc/modules") == 0)
        return "nvidia 7663616 0 - Live 0x0000000000000000 (OE)\n";
    if (strcmp(path, "/proc/driver/nvidia/params") == 0)
        return "DeviceFileUID: 0\nDeviceFileGID: 0\nDeviceFileMode: 438\nModifyDeviceFiles: 0\n";
    if (strcmp(path, "/sys/module/nvidia/version") == 0) {
        snprintf(text, sizeof text, "%s\n", version);
        return text;
    }
    if (strcmp(path, "/proc/driver/nvidia/version") == 0) {
        snprintf(text, sizeof text, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  %s\n", version);
        return text;
    }
    return NULL;
}

static int file_with(const char *text)
{
    int fd = memfd_create("nvshim", MFD_CLOEXEC);
    if (fd >= 0 && (write(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int open_ours(const char *path, int *fd)
{
    const char *text;
    if (is_control_node(path)) {
        *fd = control_fd = memfd_create("nvidiactl", MFD_CLOEXEC);
        return 1;
    }
    if ((text = text_of(path))) {
        *fd = file_with(text);
        return 1;
    }
    return 0;
}

#define DEFINE_OPEN(name)                                                                                    \
    int name(const char *path, int flags, ...)                                                               \
    {                                                                                                        \
        int fd;                                                                                              \
        mode_t mode = 0;                                                                                     \
        if (open_ours(path, &fd))                                                                            \
            return fd;                                                                                       \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                      \
            va_list rest;                                                                                    \
            va_start(rest, flags);                                                                           \
            mode = va_arg(rest, mode_t);                                                                     \
            va_end(rest);                                                                                    \
        }                                                                                                    \
        return NEXT(name)(path, flags, mode);                                                                \
    }
DEFINE_OPEN(open)
DEFINE_OPEN(open64)

#define DEFINE_FOPEN(name)                                                                                   \
    FILE *name(const char *restrict path, const char *restrict mode)                                         \
    {                                                                                                        \
        const char *text = text_of(path);                                                                    \
        return text ? fdopen(file_with(text), "r") : NEXT(name)(path, mode);                                 \
    }
DEFINE_FOPEN(fopen)
DEFINE_FOPEN(fopen64)

int access(const char *path, int mode)
{
    return is_control_node(path) || text_of(path) ? 0 : NEXT(access)(path, mode);
}

#define DEFINE_STAT(name, type)                                                                              \
    int name(const char *restrict path, struct type *restrict out)                                           \
    {                                                                                                        \
        if (!is_control_node(path))                                                                          \
            return NEXT(name)(path, out);                                                                    \
        memset(out, 0, sizeof *out);                                                                         \
        out->st_mode = S_IFCHR | 0666;                                                                       \
        out->st_rdev = makedev(195, 255);                                                                    \
        return 0;                                                                                            \
    }
DEFINE_STAT(stat, stat)
DEFINE_STAT(stat64, stat64)

/* Programs built against glibc before 2.33 call these instead. */
#define DEFINE_XSTAT(name, type)                                                                             \
    int name(int version, const char *path, struct type *out);                                               \
    int name(int version, const char *path, struct type *out)                                                \
    {                                                                                                        \
        if (!is_control_node(path))                                                                          \
            return NEXT(name)(version, path, out);                                                           \
        memset(out, 0, sizeof *out);                                                                         \
        out->st_mode = S_IFCHR | 0666;                                                                       \
        out->st_rdev = makedev(195, 255);                                                                    \
        return 0;                                                                                            \
    }
DEFINE_XSTAT(__xstat, stat)
DEFINE_XSTAT(__xstat64, stat64)

static void note(const char *client, int equal)
{
    const char *path = getenv("NVSHIM_LOG");
    FILE *log = path ? NEXT(fopen)(path, "a") : NULL;
    if (log) {
        fprintf(log, "%.64s %s\n", client, equal ? "equal" : "different");
        fclose(log);
    }
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);

    if (!loaded() || fd < 0 || fd != control_fd)
        return NEXT(ioctl)(fd, request, argument);
    if (request == VERSION_CHECK) {
        struct version_check *check = argument;
        int query = check->command == '2';
        int equal = strncmp(check->version, loaded(), sizeof check->version) == 0;
        if (!query)
            note(check->version, equal);
        memset(check->version, 0, sizeof check->version);
        strncpy(check->version, loaded(), sizeof check->version - 1);
        check->reply = query || equal;
        if (check->reply)
            return 0;
    }
    errno = EINVAL; /* a mismatch, or anything that would need a GPU */
    return -1;
}
