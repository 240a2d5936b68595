/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/state.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { BUFFER_SIZE = 2 * 1024 * 1024, CURSOR_ARENA_CAP = BUFFER_SIZE + 64 * 1024 };

struct gw_journal_cursor {
    gw_arena *arena; /* holds this struct */
    gw_journal *journal;
    uint64_t next;
    int file; /* of the segment it reads, -1 before the first */
    gw_segment_header header;
    size_t offset; /* of the first unread byte of the buffer, in the file */
    gw_bytes rest; /* unread part of the buffer */
    uint8_t *buffer;
};

gw_status gw_journal_cursor_open(gw_journal *journal, uint64_t from_lsn, gw_journal_cursor **ret,
                                 gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(CURSOR_ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_journal_cursor *cursor = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_journal_cursor, 1, &cursor, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint8_t, BUFFER_SIZE, &cursor->buffer, reterr));
    cursor->arena = arena;
    cursor->journal = journal;
    cursor->next = from_lsn == 0 ? 1 : from_lsn;
    cursor->file = -1;
    arena = NULL; /* now the cursor's */
    *ret = cursor;
    return gw_ok();
}

void gw_journal_cursor_close(gw_journal_cursor *cursor) {
    if (cursor == NULL) return;
    if (cursor->file >= 0) (void)close(cursor->file);
    gw_arena_close(cursor->arena);
}

void gw_journal_cursor_seek(gw_journal_cursor *cursor, uint64_t lsn) {
    if (cursor->file >= 0) (void)close(cursor->file);
    cursor->file = -1;
    cursor->next = lsn == 0 ? 1 : lsn;
}

uint64_t gw_journal_cursor_at(const gw_journal_cursor *cursor) { return cursor->next; }

/* The segment that holds the record, by its number; 0 when it has been released. */
static uint64_t find_segment(gw_journal *journal, uint64_t lsn) {
    uint64_t number = 0;
    (void)pthread_mutex_lock(&journal->lock);
    size_t low = 0;
    size_t high = journal->segment_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (journal->segments[middle].first <= lsn)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0) number = journal->segments[low - 1].number;
    (void)pthread_mutex_unlock(&journal->lock);
    return number;
}

static gw_status refill(gw_journal_cursor *cursor, gw_fault *reterr) {
    const ssize_t got = pread(cursor->file, cursor->buffer, BUFFER_SIZE, (off_t)cursor->offset);
    if (got < 0) return gw_journal_io_fault("read", cursor->journal->directory, reterr);
    cursor->rest = (gw_bytes){cursor->buffer, (size_t)got};
    return gw_ok();
}

static gw_status open_segment(gw_journal_cursor *cursor, uint64_t number, gw_fault *reterr) {
    char path[GW_JOURNAL_PATH_SIZE];
    gw_journal_path(cursor->journal, number, path);
    if (cursor->file >= 0) (void)close(cursor->file);
    cursor->file = open(path, O_RDONLY | O_CLOEXEC);
    if (cursor->file < 0) return gw_journal_io_fault("open", path, reterr);
    cursor->offset = 0;
    GW_TRY(refill(cursor, reterr));
    GW_TRY(gw_segment_header_read(cursor->rest, &cursor->header, reterr));
    cursor->offset = GW_SEGMENT_HEADER_SIZE;
    cursor->rest = (gw_bytes){cursor->buffer + GW_SEGMENT_HEADER_SIZE,
                              cursor->rest.length - GW_SEGMENT_HEADER_SIZE};
    return gw_ok();
}

static bool take(gw_journal_cursor *cursor, uint64_t lsn, gw_record *ret) {
    size_t size = 0;
    if (!gw_record_read(&cursor->header, cursor->rest, lsn, ret, &size, NULL)) return false;
    cursor->rest = (gw_bytes){cursor->rest.at + size, cursor->rest.length - size};
    cursor->offset += size;
    return true;
}

/* From what is buffered, else from the file again: the buffer may end inside the record. */
static gw_status take_or_refill(gw_journal_cursor *cursor, uint64_t lsn, gw_record *ret,
                                bool *ret_taken, gw_fault *reterr) {
    *ret_taken = cursor->file >= 0 && take(cursor, lsn, ret);
    if (*ret_taken || cursor->file < 0) return gw_ok();
    GW_TRY(refill(cursor, reterr));
    *ret_taken = take(cursor, lsn, ret);
    return gw_ok();
}

static gw_status lost(const gw_journal_cursor *cursor, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_IO, cursor->journal->directory,
                        "record %llu was durable and cannot be read any more",
                        (unsigned long long)cursor->next);
}

/* Opens the record's segment and walks to it. */
static gw_status walk_to(gw_journal_cursor *cursor, gw_record *ret, gw_fault *reterr) {
    const uint64_t number = find_segment(cursor->journal, cursor->next);
    if (number == 0) {
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, cursor->journal->directory,
                            "record %llu has been released", (unsigned long long)cursor->next);
    }
    if (cursor->file >= 0 && cursor->header.number == number) return lost(cursor, reterr);
    GW_TRY(open_segment(cursor, number, reterr));
    for (uint64_t lsn = cursor->header.first; lsn <= cursor->next; lsn++) {
        bool taken = false;
        GW_TRY(take_or_refill(cursor, lsn, ret, &taken, reterr));
        if (!taken) return lost(cursor, reterr);
    }
    return gw_ok();
}

gw_status gw_journal_next(gw_journal_cursor *cursor, gw_record *ret, bool *ret_found,
                          gw_fault *reterr) {
    gw_record record;
    bool taken = false;
    if (cursor->next > gw_journal_durable(cursor->journal)) {
        *ret_found = false;
        return gw_ok();
    }
    GW_TRY(take_or_refill(cursor, cursor->next, &record, &taken, reterr));
    if (!taken) GW_TRY(walk_to(cursor, &record, reterr));
    cursor->next++;
    *ret = record;
    *ret_found = true;
    return gw_ok();
}
