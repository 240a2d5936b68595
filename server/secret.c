/* SPDX-License-Identifier: Apache-2.0 */
#include "server/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gw_status check_mode(int file, const char *path, gw_fault *reterr) {
    struct stat facts;
    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return gw_fail_with(reterr, GW_CODE_IO, path, "\"%s\" is not a regular file", path);
    }
    if ((facts.st_mode & 077) == 0) return gw_ok();
    const gw_status status =
        gw_fail_with(reterr, GW_CODE_FORBIDDEN, path, "group or others can read \"%s\"", path);
    return gw_hint(reterr, status, "Set its mode to 0600.");
}

static gw_status read_all(int file, const char *path, gw_secret *secret, gw_fault *reterr) {
    ssize_t got = 1;
    while (got > 0 && secret->length <= GW_SECRET_MAX) {
        got = read(file, secret->bytes + secret->length, sizeof secret->bytes - secret->length);
        if (got > 0) secret->length += (size_t)got;
    }
    if (got < 0) return gw_fail_with(reterr, GW_CODE_IO, path, "could not read \"%s\"", path);
    if (secret->length > GW_SECRET_MAX) {
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, path, "\"%s\" is over %d bytes", path,
                            GW_SECRET_MAX);
    }
    return gw_ok();
}

static void drop_line_end(gw_secret *secret) {
    while (secret->length > 0 && (secret->bytes[secret->length - 1] == '\n' ||
                                  secret->bytes[secret->length - 1] == '\r')) {
        secret->length--;
    }
    secret->bytes[secret->length] = 0;
}

gw_status gw_secret_read(const char *path, gw_secret *ret, gw_fault *reterr) {
    GW_AUTO_SECRET secret = {0};
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return gw_fail_with(reterr, GW_CODE_IO, path, "could not open \"%s\": %s", path,
                            strerrordesc_np(errno));
    }
    gw_status status = check_mode(file, path, reterr);
    if (gw_is_ok(status)) status = read_all(file, path, &secret, reterr);
    (void)close(file);
    GW_TRY(status);
    drop_line_end(&secret);
    if (secret.length == 0) {
        return gw_fail_with(reterr, GW_CODE_INVALID, path, "\"%s\" is empty", path);
    }
    *ret = secret;
    return gw_ok();
}

void gw_secret_wipe(gw_secret *secret) { explicit_bzero(secret, sizeof *secret); }
