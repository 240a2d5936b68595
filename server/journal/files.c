/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_DIGITS = 16, FILL_STEP = 1024 * 1024 };

uint64_t gw_journal_clock_us(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

gw_status gw_journal_io_fault(const char *what, const char *path, gw_fault *reterr) {
    char reason[128];
    return gw_fail_with(reterr, GW_CODE_IO, path, "could not %s: %s", what,
                        strerror_r(errno, reason, sizeof reason));
}

void gw_journal_path(const gw_journal *journal, uint64_t number, char *out) {
    (void)snprintf(out, GW_JOURNAL_PATH_SIZE, "%s/%016llx.seg", journal->directory,
                   (unsigned long long)number);
}

void gw_journal_spare_path(const gw_journal *journal, char *out) {
    (void)snprintf(out, GW_JOURNAL_PATH_SIZE, "%s/spare", journal->directory);
}

int gw_journal_write_all(const gw_journal *journal, int file, gw_bytes bytes, size_t offset) {
    size_t done = 0;
    while (done < bytes.length) {
        const ssize_t wrote = journal->ops.write(journal->ops.context, file, bytes.at + done,
                                                 bytes.length - done, (off_t)(offset + done));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return -1;
        done += (size_t)wrote;
    }
    return 0;
}

/* Zeros on disk, so that an append changes no metadata and its sync needs no file system commit:
 * measured 0.107 ms against 0.15 ms. */
static int fill(const gw_journal *journal, int file) {
    static const uint8_t zeros[FILL_STEP];
    for (size_t at = 0; at < journal->segment_bytes; at += FILL_STEP) {
        const size_t left = journal->segment_bytes - at;
        const gw_bytes piece = {zeros, left < FILL_STEP ? left : FILL_STEP};
        if (gw_journal_write_all(journal, file, piece, at) != 0) return -1;
    }
    return journal->ops.sync(journal->ops.context, file);
}

int gw_journal_make_spare(const gw_journal *journal) {
    char path[GW_JOURNAL_PATH_SIZE];
    char making[GW_JOURNAL_PATH_SIZE];
    gw_journal_spare_path(journal, path);
    (void)snprintf(making, sizeof making, "%s/spare.tmp", journal->directory);
    const int file = open(making, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return -1;
    const int filled = fill(journal, file);
    const int closed = close(file);
    if (filled != 0 || closed != 0) {
        (void)unlink(making);
        return -1;
    }
    return rename(making, path);
}

int gw_journal_begin_segment(const gw_journal *journal, const gw_segment_header *header,
                             int has_spare) {
    char path[GW_JOURNAL_PATH_SIZE];
    char spare[GW_JOURNAL_PATH_SIZE];
    uint8_t bytes[GW_SEGMENT_HEADER_SIZE];
    gw_journal_path(journal, header->number, path);
    if (has_spare)
        gw_journal_spare_path(journal, spare);
    else /* another name: the preparer may be about to put a spare in place */
        (void)snprintf(spare, sizeof spare, "%s/fresh.tmp", journal->directory);
    const int flags = O_RDWR | O_CLOEXEC | (has_spare ? 0 : O_CREAT | O_TRUNC);
    const int file = open(spare, flags, 0600);
    if (file < 0) return -1;
    gw_segment_header_write(header, bytes);
    const bool sized = has_spare || ftruncate(file, (off_t)journal->segment_bytes) == 0;
    if (sized && gw_journal_write_all(journal, file, (gw_bytes){bytes, sizeof bytes}, 0) == 0 &&
        rename(spare, path) == 0)
        return file;
    (void)close(file);
    return -1;
}

static bool number_of(const char *name, uint64_t *ret) {
    if (strlen(name) != NAME_DIGITS + 4 || strcmp(name + NAME_DIGITS, ".seg") != 0) return false;
    uint8_t digits[NAME_DIGITS / 2];
    const gw_status read = gw_hex_parse((gw_text){name, NAME_DIGITS}, digits, sizeof digits, NULL);
    if (!gw_is_ok(read)) return false;
    *ret = 0;
    for (size_t at = 0; at < sizeof digits; at++) *ret = *ret << 8 | digits[at];
    return true;
}

static int by_number(const void *left, const void *right) {
    const gw_journal_segment *one = left;
    const gw_journal_segment *other = right;
    return one->number < other->number ? -1 : one->number > other->number;
}

gw_status gw_journal_list(gw_journal *journal, gw_fault *reterr) {
    DIR *directory = opendir(journal->directory);
    if (directory == NULL) return gw_journal_io_fault("read", journal->directory, reterr);
    const struct dirent *entry = NULL;
    size_t count = 0;
    while ((entry = readdir(directory)) != NULL && count < GW_JOURNAL_SEGMENTS_MOST) {
        struct stat facts;
        uint64_t number = 0;
        if (!number_of(entry->d_name, &number)) continue;
        if (fstatat(journal->directory_file, entry->d_name, &facts, 0) != 0) continue;
        journal->segments[count++] =
            (gw_journal_segment){.number = number, .bytes = (uint64_t)facts.st_size};
    }
    (void)closedir(directory);
    journal->segment_count = count;
    qsort(journal->segments, count, sizeof journal->segments[0], by_number);
    return gw_ok();
}
