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

/* Reads the headers. A torn header is allowed in the newest segment only, and only if nothing in
 * it was durable: then the segment is forgotten. */
static gw_status read_headers(gw_journal *journal, bool *ret_torn, gw_fault *reterr) {
    *ret_torn = false;
    for (size_t at = 0; at < journal->segment_count; at++) {
        gw_journal_segment *segment = &journal->segments[at];
        gw_segment_header header = {0};
        AUTO_MAPPING map = {-1, {NULL, 0}};
        GW_TRY(map_segment(journal, segment->number, &map, reterr));
        const gw_status read = gw_segment_header_read(map.bytes, &header, NULL);
        const bool fits = gw_is_ok(read) && header.number == segment->number &&
                          (at == 0 || header.stream == journal->header.stream);
        if (!fits && (at == 0 || at + 1 < journal->segment_count))
            return damaged(journal, segment->number, at == 0 ? 1 : journal->header.first, reterr);
        if (!fits) {
            *ret_torn = true;
            return gw_ok();
        }
        segment->first = header.first;
        segment->created_us = header.created_us;
        journal->header = header;
    }
    return gw_ok();
}

static gw_status scan_number(const gw_journal *journal, size_t at, gw_segment_scan *ret,
                             gw_segment_header *ret_header, gw_fault *reterr) {
    AUTO_MAPPING map = {-1, {NULL, 0}};
    GW_TRY(map_segment(journal, journal->segments[at].number, &map, reterr));
    GW_TRY(gw_segment_header_read(map.bytes, ret_header, reterr));
    gw_segment_scan_bytes(ret_header, map.bytes, ret);
    if (ret->durable_beyond >= ret->next)
        return damaged(journal, journal->segments[at].number, ret->next, reterr);
    return gw_ok();
}

/* Records of a segment with a torn header can still be recognised, because their checksum needs
 * only the stream, the number and the record number. Any durable one means damage. */
static gw_status drop_torn_newest(gw_journal *journal, uint64_t next, gw_fault *reterr) {
    const size_t newest = journal->segment_count - 1;
    const uint64_t number = journal->segments[newest].number;
    const gw_segment_header guess = {
        .stream = journal->header.stream, .number = number, .first = next};
    gw_segment_scan scan = {0};
    {
        AUTO_MAPPING map = {-1, {NULL, 0}};
        GW_TRY(map_segment(journal, number, &map, reterr));
        if (map.bytes.at != NULL) gw_segment_scan_bytes(&guess, map.bytes, &scan);
    }
    if (scan.next > next || scan.durable_beyond >= next)
        return damaged(journal, number, next, reterr);
    char path[GW_JOURNAL_PATH_SIZE];
    gw_journal_path(journal, number, path);
    if (unlink(path) != 0) return gw_journal_io_fault("delete", path, reterr);
    journal->segment_count--;
    return gw_ok();
}

/* The segment before the newest must end where the newest begins. If it does not and nobody was
 * promised more, the newest goes. */
static gw_status join_newest(gw_journal *journal, gw_fault *reterr) {
    const size_t newest = journal->segment_count - 1;
    gw_segment_scan before = {0};
    gw_segment_scan last = {0};
    gw_segment_header header;
    GW_TRY(scan_number(journal, newest - 1, &before, &header, reterr));
    if (before.next == journal->segments[newest].first) return gw_ok();
    GW_TRY(scan_number(journal, newest, &last, &header, reterr));
    const uint64_t promised =
        header.durable > last.durable_beyond ? header.durable : last.durable_beyond;
    if (promised >= before.next)
        return damaged(journal, journal->segments[newest - 1].number, before.next, reterr);
    char path[GW_JOURNAL_PATH_SIZE];
    gw_journal_path(journal, journal->segments[newest].number, path);
    if (unlink(path) != 0) return gw_journal_io_fault("delete", path, reterr);
    journal->segment_count--;
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

static gw_status resume_newest(gw_journal *journal, gw_fault *reterr) {
    const size_t newest = journal->segment_count - 1;
    gw_segment_scan scan = {0};
    char path[GW_JOURNAL_PATH_SIZE];
    GW_TRY(scan_number(journal, newest, &scan, &journal->header, reterr));
    gw_journal_path(journal, journal->segments[newest].number, path);
    journal->file = open(path, O_RDWR | O_CLOEXEC);
    if (journal->file < 0) return gw_journal_io_fault("open", path, reterr);
    GW_TRY(wipe(journal, journal->file, &scan, reterr));
    /* what a killed process left in the page cache becomes durable here */
    if (journal->ops.sync(journal->ops.context, journal->file) != 0)
        return gw_journal_io_fault("sync", path, reterr);
    journal->offset = scan.end;
    journal->size = journal->segments[newest].bytes;
    journal->appended = scan.next - 1;
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
    bool torn = false;
    GW_TRY(read_headers(journal, &torn, reterr));
    if (torn) {
        gw_segment_scan scan = {0};
        gw_segment_header header;
        GW_TRY(scan_number(journal, journal->segment_count - 2, &scan, &header, reterr));
        GW_TRY(drop_torn_newest(journal, scan.next, reterr));
    }
    if (journal->segment_count > 1) GW_TRY(join_newest(journal, reterr));
    GW_TRY(sync_before_newest(journal, reterr));
    return resume_newest(journal, reterr);
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
