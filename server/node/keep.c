/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LONGEST = 1024 };

static gw_status path_of(const char *directory, const char *name, const char *ending,
                         char path[PATH_LONGEST], gw_fault *reterr) {
    const int length = snprintf(path, PATH_LONGEST, "%s/%s%s", directory, name, ending);
    if (length > 0 && length < PATH_LONGEST) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "path", "the path is too long");
}

gw_status gw_keep_prepare(const char *directory, gw_fault *reterr) {
    if (mkdir(directory, 0700) == 0 || errno == EEXIST) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_IO, directory, "the directory cannot be made");
}

static bool write_all(const char *path, gw_bytes content) {
    FILE *file = fopen(path, "we");
    if (file == NULL) return false;
    const bool is_whole = fwrite(content.at, 1, content.length, file) == content.length &&
                          fflush(file) == 0 && fsync(fileno(file)) == 0;
    return fclose(file) == 0 && is_whole;
}

/* A renamed file is durable when its directory is. */
static bool sync_directory(const char *directory) {
    const int file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return false;
    const bool is_done = fsync(file) == 0;
    return close(file) == 0 && is_done;
}

gw_status gw_keep_save(const char *directory, const char *name, gw_bytes content,
                       gw_fault *reterr) {
    char path[PATH_LONGEST];
    char fresh[PATH_LONGEST];
    GW_TRY(path_of(directory, name, "", path, reterr));
    GW_TRY(path_of(directory, name, ".new", fresh, reterr));
    if (write_all(fresh, content) && rename(fresh, path) == 0 && sync_directory(directory))
        return gw_ok();
    return gw_fail_with(reterr, GW_CODE_IO, path, "the file cannot be written");
}

void gw_keep_drop(const char *directory, const char *name) {
    char path[PATH_LONGEST];
    if (gw_is_ok(path_of(directory, name, "", path, NULL))) (void)unlink(path);
}

/* A file of one's own directory: it is short, or it is refused. */
static gw_status read_open(FILE *file, gw_arena *arena, const gw_keep_wish *wish, gw_bytes *ret,
                           gw_fault *reterr) {
    struct stat facts;
    uint8_t *bytes = NULL;
    if (fstat(fileno(file), &facts) != 0 || facts.st_size < 0)
        return gw_fail_with(reterr, GW_CODE_IO, wish->name, "the file cannot be read");
    const size_t size = (size_t)facts.st_size;
    if (size > wish->most)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, wish->name, "the file has %zu bytes", size);
    GW_TRY(GW_ARENA_NEW(arena, uint8_t, size + 1, &bytes, reterr));
    if (fread(bytes, 1, size, file) != size)
        return gw_fail_with(reterr, GW_CODE_IO, wish->name, "the file cannot be read");
    *ret = (gw_bytes){bytes, size};
    return gw_ok();
}

gw_status gw_keep_load(gw_arena *arena, const gw_keep_wish *wish, gw_bytes *ret, gw_fault *reterr) {
    char path[PATH_LONGEST];
    GW_TRY(path_of(wish->directory, wish->name, "", path, reterr));
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return gw_fail_with(reterr, errno == ENOENT ? GW_CODE_NOT_FOUND : GW_CODE_IO, path,
                            "the file cannot be read");
    const gw_status status = read_open(file, arena, wish, ret, reterr);
    (void)fclose(file);
    return status;
}
