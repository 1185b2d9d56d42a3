/* A machine that fails on request, laid between a program and libc by LD_PRELOAD.
 *
 * It watches the files below one folder, keeps a journal of what was written and what was synced,
 * and does what the control block says: sync with an error, refuse writes as a full disk or a
 * read-only one does, jump the clock. tests/faults/machine.py holds the other half of both formats.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
    _Atomic int32_t journal_on;
    _Atomic int32_t sync_error_permille; /* fsync does its work and then says EIO */
    _Atomic int32_t no_space_permille;   /* a write fails with ENOSPC by chance */
    _Atomic int32_t full;                /* every write that makes a file longer: ENOSPC */
    _Atomic int32_t read_only;           /* every write: EROFS */
    _Atomic int32_t seed;
    _Atomic int64_t clock_us;            /* added to the time of day, never to the monotonic clock */
    _Atomic int64_t chances;             /* how often chance was asked: makes a run repeatable */
    _Atomic int64_t faults;              /* how often a call was made to fail */
};

struct record {
    uint32_t kind;
    uint32_t thread;
    uint32_t path_bytes;
    uint32_t data_bytes;
    uint64_t offset;
};

enum { MOST_FILES = 65536, MOST_PATH = 1024 };

static struct control *control;
static char folder[MOST_PATH];
static size_t folder_bytes;
static int journal = -1;
static char *paths[MOST_FILES]; /* of each open file below the folder */

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* Begin to watch a folder; called by the program that is to be hurt, once, after its fork. */
int machine_watch(const char *where, const char *control_file, const char *journal_file)
{
    int file = syscall(SYS_openat, AT_FDCWD, control_file, O_RDWR | O_CLOEXEC, 0);
    if (file < 0) return -1;
    void *block = mmap(0, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (block == MAP_FAILED) return -1;
    journal = syscall(SYS_openat, AT_FDCWD, journal_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (journal < 0) return -1;
    strncpy(folder, where, MOST_PATH - 1);
    folder_bytes = strlen(folder);
    control = block;
    return 0;
}

static void note(char kind, const char *path, uint64_t offset, const void *data, size_t bytes)
{
    if (!control || !control->journal_on) return;
    struct record head = {(uint32_t)kind, (uint32_t)syscall(SYS_gettid), (uint32_t)strlen(path),
                          (uint32_t)bytes, offset};
    struct iovec parts[3] = {
        {&head, sizeof head}, {(void *)path, head.path_bytes}, {(void *)data, bytes}};
    syscall(SYS_writev, journal, parts, 3); /* one call on an appending file: never torn */
}

static int chance(int permille)
{
    if (permille <= 0) return 0;
    uint64_t mixed = (uint64_t)atomic_fetch_add(&control->chances, 1) + (uint64_t)control->seed * 7919u;
    mixed ^= mixed >> 31; mixed *= 0x9E3779B97F4A7C15ull;
    mixed ^= mixed >> 29; mixed *= 0xBF58476D1CE4E5B9ull; mixed ^= mixed >> 32;
    return (int)(mixed % 1000) < permille;
}

static int fail_with(int fault)
{
    atomic_fetch_add(&control->faults, 1);
    errno = fault;
    return -1;
}

static const char *watched(int file)
{
    return control && file >= 0 && file < MOST_FILES ? paths[file] : 0;
}

static int below_folder(const char *path)
{
    if (!control || strncmp(path, folder, folder_bytes) || path[folder_bytes] != '/') return 0;
    size_t bytes = strlen(path);
    return bytes < 4 || strcmp(path + bytes - 4, "-shm"); /* shared memory is made anew anyway */
}

static void forget(int file)
{
    if (file >= 0 && file < MOST_FILES) paths[file] = 0; /* the few bytes of a name may leak */
}

static int opened(int file, const char *path, int flags)
{
    if (file < 0 || file >= MOST_FILES) return file;
    forget(file);
    if (!below_folder(path) || flags & O_DIRECTORY) return file;
    paths[file] = strdup(path);
    if (flags & (O_CREAT | O_TRUNC)) note('O', path, (flags & O_TRUNC) != 0, "", 0);
    return file;
}

static int may_open(const char *path, int flags)
{
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT;
    return !(writes && below_folder(path) && control->read_only);
}

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); \
    }

int open64(const char *path, int flags, ...)
{
    MODE_OF(flags)
    if (!may_open(path, flags)) return fail_with(EROFS);
    return opened(syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode), path, flags);
}

int open(const char *path, int flags, ...)
{
    MODE_OF(flags)
    if (!may_open(path, flags)) return fail_with(EROFS);
    return opened(syscall(SYS_openat, AT_FDCWD, path, flags, mode), path, flags);
}

int close(int file)
{
    REAL(close);
    if (control) forget(file);
    return real(file);
}

static int refused(int file, uint64_t end)
{
    struct stat now;
    if (control->read_only) return EROFS;
    if (control->full && !fstat(file, &now) && end > (uint64_t)now.st_size) return ENOSPC;
    return chance(control->no_space_permille) ? ENOSPC : 0;
}

ssize_t pwrite64(int file, const void *data, size_t bytes, off64_t offset)
{
    const char *path = watched(file);
    int fault = path ? refused(file, (uint64_t)offset + bytes) : 0;
    if (fault) return fail_with(fault);
    ssize_t done = syscall(SYS_pwrite64, file, data, bytes, offset);
    if (path && done > 0) note('W', path, (uint64_t)offset, data, (size_t)done);
    return done;
}

ssize_t pwrite(int file, const void *data, size_t bytes, off_t offset)
{
    return pwrite64(file, data, bytes, offset);
}

ssize_t write(int file, const void *data, size_t bytes)
{
    const char *path = watched(file);
    off64_t offset = path ? lseek64(file, 0, SEEK_CUR) : 0;
    int fault = path ? refused(file, (uint64_t)offset + bytes) : 0;
    if (fault) return fail_with(fault);
    ssize_t done = syscall(SYS_write, file, data, bytes);
    if (path && done > 0) note('W', path, (uint64_t)offset, data, (size_t)done);
    return done;
}

int ftruncate64(int file, off64_t length)
{
    const char *path = watched(file);
    if (path && control->read_only) return fail_with(EROFS);
    int done = syscall(SYS_ftruncate, file, length);
    if (path && !done) note('T', path, (uint64_t)length, "", 0);
    return done;
}

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

static int synced(int file, long call)
{
    const char *path = watched(file);
    if (path) note('B', path, 0, "", 0);
    int done = syscall(call, file);
    if (path && !done) note('E', path, 0, "", 0);
    if (path && !done && chance(control->sync_error_permille)) return fail_with(EIO);
    return done;
}

int fsync(int file) { return synced(file, SYS_fsync); }
int fdatasync(int file) { return synced(file, SYS_fdatasync); }

int unlink(const char *path)
{
    int done = syscall(SYS_unlink, path);
    if (!done && below_folder(path)) note('U', path, 0, "", 0);
    return done;
}

static int moved(char kind, int done, const char *from, const char *to)
{
    if (!done && below_folder(from) && below_folder(to)) note(kind, from, 0, to, strlen(to));
    return done;
}

int rename(const char *from, const char *to)
{
    return moved('R', syscall(SYS_rename, from, to), from, to);
}

int link(const char *from, const char *to)
{
    return moved('L', syscall(SYS_link, from, to), from, to);
}

/* Which reply a server gives, and when: the first line of each, in the order of the syncs. */
ssize_t send(int file, const void *data, size_t bytes, int flags)
{
    if (control && bytes > 12 && !memcmp(data, "HTTP/1.1 ", 9)) note('S', "", 0, data, 12);
    return syscall(SYS_sendto, file, data, bytes, flags, 0, 0);
}

static int64_t ahead(clockid_t which)
{
    int is_time_of_day = which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE;
    return control && is_time_of_day ? control->clock_us : 0;
}

int clock_gettime(clockid_t which, struct timespec *now)
{
    REAL(clock_gettime);
    int done = real(which, now);
    int64_t added = done ? 0 : ahead(which);
    if (!added) return done;
    int64_t all = now->tv_sec * 1000000ll + now->tv_nsec / 1000 + added;
    now->tv_sec = all / 1000000;
    now->tv_nsec = all % 1000000 * 1000;
    return 0;
}

time_t time(time_t *kept)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}
