/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/state.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A segment's file mapped for reading. */
typedef struct mapping {
    int file;
    gw_bytes bytes;
} mapping;

static gw_status map_segment(const gw_journal *journal, uint64_t number, mapping *ret,
                             gw_fault *reterr) {
    char path[GW_JOURNAL_PATH_SIZE];
    struct stat facts;
    gw_journal_path(journal, number, path);
    const int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return gw_journal_io_fault("open", path, reterr);
    if (fstat(file, &facts) != 0 || facts.st_size < GW_SEGMENT_HEADER_SIZE) {
        (void)close(file);
        *ret = (mapping){-1, {NULL, 0}};
        return gw_ok(); /* too short for a header: read as a torn one */
    }
    void *at = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) {
        (void)close(file);
        return gw_journal_io_fault("map", path, reterr);
    }
    *ret = (mapping){file, {at, (size_t)facts.st_size}};
    return gw_ok();
}

static void unmap(mapping *map) {
    if (map->bytes.at != NULL) (void)munmap((void *)(uintptr_t)map->bytes.at, map->bytes.length);
    if (map->file >= 0) (void)close(map->file);
    *map = (mapping){-1, {NULL, 0}};
}
#define AUTO_MAPPING __attribute__((cleanup(unmap))) mapping

static gw_status damaged(const gw_journal *journal, uint64_t number, uint64_t lsn,
                         gw_fault *reterr) {
    char path[GW_JOURNAL_PATH_SIZE];
    gw_journal_path(journal, number, path);
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_IO, path,
                                "record %llu was durable and cannot be read any more",
                                (unsigned long long)lsn),
                   "Restore the journal directory from its copy, or move it away to start a new "
                   "one; devices send again what no receipt covered.");
}

static gw_status forget_segment(gw_journal *journal, size_t at, gw_fault *reterr) {
    char path[GW_JOURNAL_PATH_SIZE];
    gw_journal_path(journal, journal->segments[at].number, path);
    if (unlink(path) != 0) return gw_journal_io_fault("delete", path, reterr);
    return gw_ok();
}

/* Reads the header of each segment; one that cannot be read gives first 0. Returns what the newest
 * readable one says was durable when it was begun. */
static gw_status read_headers(gw_journal *journal, uint64_t *ret_promised, gw_fault *reterr) {
    uint64_t promised = 0;
    for (size_t at = 0; at < journal->segment_count; at++) {
        gw_journal_segment *segment = &journal->segments[at];
        gw_segment_header header = {0};
        AUTO_MAPPING map = {-1, {NULL, 0}};
        GW_TRY(map_segment(journal, segment->number, &map, reterr));
        const gw_status read = gw_segment_header_read(map.bytes, &header, NULL);
        if (!gw_is_ok(read) || header.number != segment->number) continue;
        if (journal->header.stream != 0 && header.stream != journal->header.stream) continue;
        segment->first = header.first;
        segment->created_us = header.created_us;
        journal->header = header;
        promised = header.durable;
    }
    *ret_promised = promised;
    return gw_ok();
}

/* Everything up to `promised` is on the disk, so only the segments from its record on can be torn.
 * Damage when one before has no header. */
static gw_status first_doubtful(const gw_journal *journal, uint64_t promised, size_t *ret,
                                gw_fault *reterr) {
    size_t doubtful = 0;
    for (size_t at = 0; at < journal->segment_count; at++)
        if (journal->segments[at].first != 0 && journal->segments[at].first <= promised + 1)
            doubtful = at;
    for (size_t at = 0; at <= doubtful; at++) {
        const gw_journal_segment *segment = &journal->segments[at];
        const uint64_t lsn = at == 0 ? 1 : journal->segments[at - 1].first;
        if (segment->first == 0) return damaged(journal, segment->number, lsn, reterr);
    }
    *ret = doubtful;
    return gw_ok();
}

/* A torn header hides no record: their checksums need only stream, number and record number. */
static gw_status scan_number(const gw_journal *journal, size_t at, uint64_t first,
                             gw_segment_scan *ret, gw_fault *reterr) {
    const gw_segment_header header = {
        .stream = journal->header.stream, .number = journal->segments[at].number, .first = first};
    AUTO_MAPPING map = {-1, {NULL, 0}};
    GW_TRY(map_segment(journal, header.number, &map, reterr));
    *ret = (gw_segment_scan){.next = first};
    if (map.bytes.at != NULL) gw_segment_scan_bytes(&header, map.bytes, ret);
    return gw_ok();
}

/* Walks from the first doubtful segment to where the records end: `ret_kept` segments stay, `ret`
 * is the scan of the last of them. */
static gw_status walk(const gw_journal *journal, size_t doubtful, size_t *ret_kept,
                      gw_segment_scan *ret, gw_fault *reterr) {
    size_t at = doubtful;
    GW_TRY(scan_number(journal, at, journal->segments[at].first, ret, reterr));
    while (ret->durable_beyond < ret->next && at + 1 < journal->segment_count &&
           journal->segments[at + 1].first == ret->next) {
        at++;
        GW_TRY(scan_number(journal, at, ret->next, ret, reterr));
    }
    if (ret->durable_beyond >= ret->next)
        return damaged(journal, journal->segments[at].number, ret->next, reterr);
    *ret_kept = at + 1;
    return gw_ok();
}

/* What lies beyond the end goes, unless it proves that the end was once durable. */
static gw_status drop_beyond(gw_journal *journal, size_t kept, uint64_t next, gw_fault *reterr) {
    for (size_t at = kept; at < journal->segment_count; at++) {
        gw_segment_scan scan;
        const uint64_t first = journal->segments[at].first;
        GW_TRY(scan_number(journal, at, first == 0 ? next : first, &scan, reterr));
        if (scan.durable_most >= next)
            return damaged(journal, journal->segments[at].number, next, reterr);
    }
    for (size_t at = kept; at < journal->segment_count; at++)
        GW_TRY(forget_segment(journal, at, reterr));
    journal->segment_count = kept;
    return gw_ok();
}

/* Records beyond a hole must not come back to life when the hole is written again. */
static gw_status wipe(const gw_journal *journal, int file, const gw_segment_scan *scan,
                      gw_fault *reterr) {
    static const uint8_t zeros[4096];
    for (size_t at = scan->end; at < scan->survivors_end; at += sizeof zeros) {
        const size_t left = scan->survivors_end - at;
        const gw_bytes piece = {zeros, left < sizeof zeros ? left : sizeof zeros};
        if (gw_journal_write_all(journal, file, piece, at) != 0)
            return gw_journal_io_fault("wipe the tail of", journal->directory, reterr);
    }
    return gw_ok();
}

static gw_status resume_newest(gw_journal *journal, const gw_segment_scan *scan, gw_fault *reterr) {
    const gw_journal_segment *newest = &journal->segments[journal->segment_count - 1];
    char path[GW_JOURNAL_PATH_SIZE];
    gw_journal_path(journal, newest->number, path);
    journal->file = open(path, O_RDWR | O_CLOEXEC);
    if (journal->file < 0) return gw_journal_io_fault("open", path, reterr);
    GW_TRY(wipe(journal, journal->file, scan, reterr));
    /* what a killed process left in the page cache becomes durable here */
    if (journal->ops.sync(journal->ops.context, journal->file) != 0)
        return gw_journal_io_fault("sync", path, reterr);
    journal->header.number = newest->number;
    journal->header.first = newest->first;
    journal->header.created_us = newest->created_us;
    journal->offset = scan->end;
    journal->size = newest->bytes;
    journal->appended = scan->next - 1;
    journal->durable = journal->appended;
    return gw_ok();
}

static gw_status begin_stream(gw_journal *journal, gw_fault *reterr) {
    const uint64_t now_us = gw_journal_clock_us();
    journal->header =
        (gw_segment_header){.stream = now_us, .number = 1, .first = 1, .created_us = now_us};
    journal->file = gw_journal_begin_segment(journal, &journal->header, 0);
    if (journal->file < 0 || journal->ops.sync(journal->ops.context, journal->file) != 0)
        return gw_journal_io_fault("begin a journal in", journal->directory, reterr);
    journal->segments[0] = (gw_journal_segment){
        .number = 1, .first = 1, .created_us = now_us, .bytes = journal->segment_bytes};
    journal->segment_count = 1;
    journal->offset = GW_SEGMENT_HEADER_SIZE;
    journal->size = journal->segment_bytes;
    return gw_ok();
}

/* Older segments too: a killed process may have left them unsynced. */
static gw_status sync_before_newest(const gw_journal *journal, gw_fault *reterr) {
    if (journal->segment_count < 2) return gw_ok();
    char path[GW_JOURNAL_PATH_SIZE];
    for (size_t back = 2; back <= journal->segment_count && back <= 2 + GW_JOURNAL_RETIRING_MOST;
         back++) {
        gw_journal_path(journal, journal->segments[journal->segment_count - back].number, path);
        const int file = open(path, O_RDWR | O_CLOEXEC);
        if (file < 0) return gw_journal_io_fault("open", path, reterr);
        const int synced = journal->ops.sync(journal->ops.context, file);
        (void)close(file);
        if (synced != 0) return gw_journal_io_fault("sync", path, reterr);
    }
    return gw_ok();
}

static gw_status recover_segments(gw_journal *journal, gw_fault *reterr) {
    uint64_t promised = 0;
    size_t doubtful = 0;
    size_t kept = 0;
    gw_segment_scan scan;
    GW_TRY(read_headers(journal, &promised, reterr));
    GW_TRY(first_doubtful(journal, promised, &doubtful, reterr));
    GW_TRY(walk(journal, doubtful, &kept, &scan, reterr));
    if (scan.next <= promised)
        return damaged(journal, journal->segments[kept - 1].number, scan.next, reterr);
    GW_TRY(drop_beyond(journal, kept, scan.next, reterr));
    GW_TRY(sync_before_newest(journal, reterr));
    return resume_newest(journal, &scan, reterr);
}

gw_status gw_journal_recover(gw_journal *journal, gw_fault *reterr) {
    char spare[GW_JOURNAL_PATH_SIZE];
    gw_journal_spare_path(journal, spare);
    (void)unlink(spare); /* absent or half filled: made anew */
    GW_TRY(gw_journal_list(journal, reterr));
    if (journal->segment_count == 0)
        GW_TRY(begin_stream(journal, reterr));
    else
        GW_TRY(recover_segments(journal, reterr));
    if (fsync(journal->directory_file) != 0)
        return gw_journal_io_fault("sync", journal->directory, reterr);
    return gw_ok();
}
