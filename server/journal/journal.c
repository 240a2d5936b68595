/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/state.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SEGMENT_LEAST = 16 * 1024,
    ARENA_CAP = 4 * 1024 * 1024,
};

static ssize_t real_write(void *context, int file, const void *bytes, size_t count, off_t offset) {
    (void)context;
    return pwrite(file, bytes, count, offset);
}

static int real_sync(void *context, int file) {
    (void)context;
    return fdatasync(file);
}

static const gw_journal_ops real_ops = {NULL, real_write, real_sync};

/* ---- open and close */

static gw_status open_directory(gw_journal *journal, gw_fault *reterr) {
    if (mkdir(journal->directory, 0700) != 0 && errno != EEXIST)
        return gw_journal_io_fault("make", journal->directory, reterr);
    journal->directory_file = open(journal->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (journal->directory_file < 0) return gw_journal_io_fault("open", journal->directory, reterr);
    if (flock(journal->directory_file, LOCK_EX | LOCK_NB) != 0) {
        return gw_fail_with(reterr, GW_CODE_CONFLICT, journal->directory,
                            "the journal is in use by another process");
    }
    return gw_ok();
}

static gw_status make(const gw_journal_options *options, gw_arena *arena, gw_journal **ret,
                      gw_fault *reterr) {
    gw_journal *journal = NULL;
    const char *directory = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_journal, 1, &journal, reterr));
    GW_TRY(gw_text_to_c(arena, gw_text_from_c(options->directory), &directory, reterr));
    journal->arena = arena;
    journal->directory = directory;
    journal->directory_file = -1;
    journal->file = -1;
    journal->ops = options->ops == NULL ? real_ops : *options->ops;
    journal->segment_bytes = options->segment_bytes == 0 ? (size_t)GW_JOURNAL_SEGMENT_BYTES
                             : options->segment_bytes < SEGMENT_LEAST ? (size_t)SEGMENT_LEAST
                                                                      : options->segment_bytes;
    GW_TRY(GW_ARENA_NEW(arena, gw_journal_segment, GW_JOURNAL_SEGMENTS_MOST + 1, &journal->segments,
                        reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint8_t,
                        gw_record_size(GW_RECORD_TOPIC_MOST, GW_RECORD_PAYLOAD_MOST),
                        &journal->scratch, reterr));
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&journal->lock, NULL);
    (void)pthread_cond_init(&journal->work, &monotonic);
    (void)pthread_cond_init(&journal->spare, &monotonic);
    (void)pthread_cond_init(&journal->synced, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    *ret = journal;
    return gw_ok();
}

static gw_status start(gw_journal *journal, gw_fault *reterr) {
    GW_TRY(open_directory(journal, reterr));
    GW_TRY(gw_journal_recover(journal, reterr));
    return gw_journal_start(journal, reterr);
}

gw_status gw_journal_open(const gw_journal_options *options, gw_journal **ret, gw_fault *reterr) {
    gw_arena *arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_journal *journal = NULL;
    const gw_status made = make(options, arena, &journal, reterr);
    if (!gw_is_ok(made)) {
        gw_arena_close(arena);
        return made;
    }
    const gw_status started = start(journal, reterr);
    if (!gw_is_ok(started))
        gw_journal_close(journal);
    else
        *ret = journal;
    return started;
}

void gw_journal_close(gw_journal *journal) {
    if (journal == NULL) return;
    gw_journal_stop(journal);
    for (size_t at = 0; at < journal->retiring_count; at++) (void)close(journal->retiring[at]);
    if (journal->file >= 0) (void)close(journal->file);
    if (journal->directory_file >= 0) (void)close(journal->directory_file);
    (void)pthread_cond_destroy(&journal->work);
    (void)pthread_cond_destroy(&journal->spare);
    (void)pthread_cond_destroy(&journal->synced);
    (void)pthread_mutex_destroy(&journal->lock);
    gw_arena_close(journal->arena);
}

/* ---- append; all of these hold the lock */

static gw_status fail_for_good(gw_journal *journal, const char *what, gw_fault *reterr) {
    const gw_status status = gw_journal_io_fault(what, journal->directory, reterr);
    journal->failed = true;
    (void)pthread_cond_broadcast(&journal->work);
    (void)pthread_cond_broadcast(&journal->synced);
    return status;
}

static gw_status has_failed(const gw_journal *journal, gw_fault *reterr) {
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_UNAVAILABLE, journal->directory,
                                "the journal has failed and takes nothing any more"),
                   "Look for the first error of the disk in the log, then restart.");
}

static gw_status roll(gw_journal *journal, gw_fault *reterr) {
    while (journal->retiring_count == GW_JOURNAL_RETIRING_MOST && !journal->failed)
        (void)pthread_cond_wait(&journal->synced, &journal->lock);
    if (journal->failed) return has_failed(journal, reterr);
    if (journal->segment_count >= GW_JOURNAL_SEGMENTS_MOST) {
        return gw_fail_with(reterr, GW_CODE_RATE_LIMITED, journal->directory,
                            "the journal holds its most of %d segments", GW_JOURNAL_SEGMENTS_MOST);
    }
    const gw_segment_header next = {.stream = journal->header.stream,
                                    .number = journal->header.number + 1,
                                    .first = journal->appended + 1,
                                    .durable = journal->durable,
                                    .created_us = gw_journal_clock_us()};
    const int file = gw_journal_begin_segment(journal, &next, journal->has_spare);
    if (file < 0) return fail_for_good(journal, "begin a segment in", reterr);
    journal->retiring[journal->retiring_count++] = journal->file;
    journal->segments[journal->segment_count++] =
        (gw_journal_segment){.number = next.number,
                             .first = next.first,
                             .created_us = next.created_us,
                             .bytes = journal->segment_bytes};
    journal->header = next;
    journal->file = file;
    journal->offset = GW_SEGMENT_HEADER_SIZE;
    journal->size = journal->segment_bytes;
    journal->has_spare = false;
    journal->directory_dirty = true;
    (void)pthread_cond_signal(&journal->spare);
    return gw_ok();
}

static gw_status append_locked(gw_journal *journal, gw_record *record, gw_fault *reterr) {
    const size_t size = gw_record_size(record->topic.length, record->payload.length);
    if (journal->failed) return has_failed(journal, reterr);
    if (size > journal->segment_bytes - GW_SEGMENT_HEADER_SIZE)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL, "a record of %zu bytes", size);
    if (journal->offset > journal->size || size > journal->size - journal->offset)
        GW_TRY(roll(journal, reterr));
    record->lsn = journal->appended + 1;
    gw_record_write(&journal->header, record, journal->durable, journal->scratch);
    if (gw_journal_write_all(journal, journal->file, (gw_bytes){journal->scratch, size},
                             journal->offset) != 0)
        return fail_for_good(journal, "write to", reterr);
    journal->offset += size;
    journal->appended = record->lsn;
    (void)pthread_cond_signal(&journal->work);
    return gw_ok();
}

gw_status gw_journal_append(gw_journal *journal, const gw_record *record, uint64_t *ret_lsn,
                            gw_fault *reterr) {
    if (record->topic.length > GW_RECORD_TOPIC_MOST ||
        record->payload.length > GW_RECORD_PAYLOAD_MOST) {
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL,
                            "a topic of %zu and a payload of %zu bytes", record->topic.length,
                            record->payload.length);
    }
    gw_record numbered = *record;
    (void)pthread_mutex_lock(&journal->lock);
    const gw_status status = append_locked(journal, &numbered, reterr);
    (void)pthread_mutex_unlock(&journal->lock);
    if (gw_is_ok(status) && ret_lsn != NULL) *ret_lsn = numbered.lsn;
    return status;
}

/* ---- asking */

static struct timespec deadline_in(int timeout_ms) {
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += timeout_ms / 1000;
    at.tv_nsec += (long)(timeout_ms % 1000) * 1000000L;
    if (at.tv_nsec >= 1000000000L) {
        at.tv_nsec -= 1000000000L;
        at.tv_sec++;
    }
    return at;
}

gw_status gw_journal_wait(gw_journal *journal, uint64_t lsn, int timeout_ms, gw_fault *reterr) {
    const struct timespec deadline = deadline_in(timeout_ms);
    int waited = 0;
    (void)pthread_mutex_lock(&journal->lock);
    while (journal->durable < lsn && !journal->failed && waited == 0)
        waited = pthread_cond_timedwait(&journal->synced, &journal->lock, &deadline);
    const bool durable = journal->durable >= lsn;
    const bool failed = journal->failed;
    (void)pthread_mutex_unlock(&journal->lock);
    if (durable) return gw_ok();
    if (failed) return has_failed(journal, reterr);
    return gw_fail_with(reterr, GW_CODE_TIMED_OUT, NULL, "record %llu is not durable after %d ms",
                        (unsigned long long)lsn, timeout_ms);
}

static uint64_t locked_number(gw_journal *journal, const uint64_t *number) {
    (void)pthread_mutex_lock(&journal->lock);
    const uint64_t value = *number;
    (void)pthread_mutex_unlock(&journal->lock);
    return value;
}

uint64_t gw_journal_durable(gw_journal *journal) {
    return locked_number(journal, &journal->durable);
}

uint64_t gw_journal_appended(gw_journal *journal) {
    return locked_number(journal, &journal->appended);
}

uint64_t gw_journal_stream(const gw_journal *journal) { return journal->header.stream; }

bool gw_journal_is_failed(gw_journal *journal) {
    (void)pthread_mutex_lock(&journal->lock);
    const bool failed = journal->failed;
    (void)pthread_mutex_unlock(&journal->lock);
    return failed;
}

void gw_journal_watch(gw_journal *journal, gw_journal_watcher *watcher, void *context) {
    (void)pthread_mutex_lock(&journal->lock);
    assert(journal->watcher_count < GW_JOURNAL_WATCHERS_MOST);
    journal->watchers[journal->watcher_count].call = watcher;
    journal->watchers[journal->watcher_count].context = context;
    journal->watcher_count++;
    (void)pthread_mutex_unlock(&journal->lock);
}

void gw_journal_unwatch(gw_journal *journal) {
    (void)pthread_mutex_lock(&journal->lock);
    journal->watcher_count = 0;
    while (journal->telling) (void)pthread_cond_wait(&journal->synced, &journal->lock);
    (void)pthread_mutex_unlock(&journal->lock);
}

void gw_journal_stats_get(gw_journal *journal, gw_journal_stats *ret) {
    (void)pthread_mutex_lock(&journal->lock);
    *ret = (gw_journal_stats){.first = journal->segments[0].first,
                              .appended = journal->appended,
                              .durable = journal->durable,
                              .segments = journal->segment_count,
                              .bytes = journal->has_spare ? journal->segment_bytes : 0,
                              .syncs = journal->syncs,
                              .slowest_sync_us = journal->slowest_sync_us,
                              .failed = journal->failed};
    for (size_t at = 0; at < journal->segment_count; at++)
        ret->bytes += journal->segments[at].bytes;
    (void)pthread_mutex_unlock(&journal->lock);
}

/* ---- retention */

static size_t countable(const gw_journal *journal, uint64_t passed, gw_instant older_than) {
    size_t count = 0;
    while (count + 1 < journal->segment_count && journal->segments[count + 1].first <= passed + 1 &&
           (int64_t)journal->segments[count].created_us < older_than.us)
        count++;
    return count;
}

static void drop_segment(gw_journal *journal, const gw_journal_segment *segment) {
    char path[GW_JOURNAL_PATH_SIZE];
    char spare[GW_JOURNAL_PATH_SIZE];
    gw_journal_path(journal, segment->number, path);
    gw_journal_spare_path(journal, spare);
    /* stale bytes in a recycled file never validate: the checksum is seeded per segment */
    if (!journal->has_spare && segment->bytes == journal->segment_bytes && rename(path, spare) == 0)
        journal->has_spare = true;
    else
        (void)unlink(path);
}

size_t gw_journal_release(gw_journal *journal, uint64_t passed, gw_instant older_than) {
    (void)pthread_mutex_lock(&journal->lock);
    const size_t count = countable(journal, passed, older_than);
    for (size_t at = 0; at < count; at++) drop_segment(journal, &journal->segments[at]);
    journal->segment_count -= count;
    memmove(journal->segments, journal->segments + count,
            journal->segment_count * sizeof journal->segments[0]);
    (void)pthread_mutex_unlock(&journal->lock);
    return count;
}
