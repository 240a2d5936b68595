/* SPDX-License-Identifier: Apache-2.0 */
#include "server/keys/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1024 };

gw_status gw_key_directory(const char *path, gw_fault *reterr) {
    struct stat facts;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return gw_fail_with(reterr, GW_CODE_IO, path, "cannot make the directory: %s",
                            strerror(errno));
    if (stat(path, &facts) != 0 || !S_ISDIR(facts.st_mode))
        return gw_fail_with(reterr, GW_CODE_IO, path, "this is no directory");
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) == 0) return gw_ok();
    return gw_hint(reterr, gw_fail_with(reterr, GW_CODE_FORBIDDEN, path, "others can write to it"),
                   "Take the right away with chmod go-w, or choose another directory.");
}

static gw_status write_failed(const char *path, gw_fault *reterr) {
    const int reason = errno;
    if (reason == EEXIST) {
        return gw_hint(reterr, gw_fail_with(reterr, GW_CODE_CONFLICT, path, "the file exists"),
                       "Keys are never overwritten; choose an empty directory.");
    }
    return gw_fail_with(reterr, GW_CODE_IO, path, "cannot write the file: %s", strerror(reason));
}

static bool write_all(int file, gw_bytes bytes) {
    size_t done = 0;
    while (done < bytes.length) {
        const ssize_t count = write(file, bytes.at + done, bytes.length - done);
        if (count < 0 && errno != EINTR) return false;
        if (count > 0) done += (size_t)count;
    }
    return true;
}

gw_status gw_key_file_write(const char *directory, const char *name, gw_bytes bytes,
                            gw_key_audience audience, gw_fault *reterr) {
    char path[PATH_SIZE];
    const int length = snprintf(path, sizeof path, "%s/%s", directory, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, name, "the path is too long");
    const mode_t mode = audience == GW_KEY_PRIVATE ? 0600 : 0644;
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (file < 0) return write_failed(path, reterr);
    const bool written = write_all(file, bytes) && fsync(file) == 0;
    const gw_status status = written ? gw_ok() : write_failed(path, reterr);
    (void)close(file);
    return status;
}
