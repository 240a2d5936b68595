/* SPDX-License-Identifier: Apache-2.0
 *
 * An append-only log in a directory of segment files; the place where an acknowledgement becomes
 * true. Used by the gateway for everything it takes in and by an oracle node as its store.
 *
 * Two promises, both tested by kills: an appended record survives the death of the process; a
 * durable record (number <= gw_journal_durable) survives the loss of power. A syncer thread makes
 * appended records durable in groups; appending never waits for it.
 *
 * After a failed write or sync the journal is failed for good: nothing is appended or becomes
 * durable any more, because the kernel may have dropped the unwritten pages. The process has to
 * restart and recover. Every function may be called from any thread.
 */
#pragma once

#include "base/arena.h"
#include "server/journal/segment.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct gw_journal gw_journal;

enum {
    GW_JOURNAL_SEGMENT_BYTES = 64 * 1024 * 1024,
    GW_JOURNAL_SEGMENTS_MOST = 16384,
    GW_JOURNAL_WATCHERS_MOST = 4,
};

/* The two calls that can fail under load; tests replace them. Like pwrite(2) and fdatasync(2). */
typedef struct gw_journal_ops {
    void *context;
    ssize_t (*write)(void *context, int file, const void *bytes, size_t count, off_t offset);
    int (*sync)(void *context, int file);
} gw_journal_ops;

typedef struct gw_journal_options {
    const char *directory;     /* made when missing, mode 0700 */
    size_t segment_bytes;      /* 0: GW_JOURNAL_SEGMENT_BYTES; at least 16 KiB */
    const gw_journal_ops *ops; /* NULL: the real ones */
} gw_journal_options;

/* Recovers and opens. A torn tail is cut off; damage below what was durable is a fault
 * (GW_CODE_IO) and nothing is changed: somebody has to look. GW_CODE_CONFLICT: another process has
 * the directory open. */
GW_MUST_CHECK gw_status gw_journal_open(const gw_journal_options *options, gw_journal **ret,
                                        gw_fault *reterr);
/* Makes everything durable that can be, then closes. NULL is fine. */
void gw_journal_close(gw_journal *journal);

/* Appends a copy; record->lsn is ignored. TOO_LARGE above the limits of segment.h; UNAVAILABLE
 * when the journal is failed. ret_lsn may be NULL. */
GW_MUST_CHECK gw_status gw_journal_append(gw_journal *journal, const gw_record *record,
                                          uint64_t *ret_lsn, gw_fault *reterr);

/* Waits until lsn is durable: TIMED_OUT, or UNAVAILABLE when the journal is failed. */
GW_MUST_CHECK gw_status gw_journal_wait(gw_journal *journal, uint64_t lsn, int timeout_ms,
                                        gw_fault *reterr);

uint64_t gw_journal_durable(gw_journal *journal);
uint64_t gw_journal_appended(gw_journal *journal);
uint64_t gw_journal_stream(const gw_journal *journal); /* changes when the directory is made anew */
bool gw_journal_is_failed(gw_journal *journal);

/* Called in the syncer thread after each group, and once after a failure; must not block. There is
 * room for GW_JOURNAL_WATCHERS_MOST; more is our bug (assert). */
typedef void gw_journal_watcher(void *context, uint64_t durable);
void gw_journal_watch(gw_journal *journal, gw_journal_watcher *watcher, void *context);
/* Removes all watchers; none runs after it has returned. Not from a watcher. */
void gw_journal_unwatch(gw_journal *journal);

typedef struct gw_journal_stats {
    uint64_t first; /* oldest record still held */
    uint64_t appended;
    uint64_t durable;
    uint64_t segments;
    uint64_t bytes; /* on disk, spare included */
    uint64_t syncs;
    uint64_t slowest_sync_us;
    bool failed;
} gw_journal_stats;
void gw_journal_stats_get(gw_journal *journal, gw_journal_stats *ret);

/* Recycles or deletes the segments all of whose records have lsn <= passed and that were begun
 * before older_than (real time). The newest segment always stays. Returns how many went. */
size_t gw_journal_release(gw_journal *journal, uint64_t passed, gw_instant older_than);

/* Reads durable records in order. A cursor belongs to one thread; slices of a record live until
 * the next call. */
typedef struct gw_journal_cursor gw_journal_cursor;
GW_MUST_CHECK gw_status gw_journal_cursor_open(gw_journal *journal, uint64_t from_lsn,
                                               gw_journal_cursor **ret, gw_fault *reterr);
void gw_journal_cursor_close(gw_journal_cursor *cursor);
/* The next durable record; ret_found false when there is none yet. GW_CODE_IO: the log is damaged
 * there; NOT_FOUND: the record has been released. */
GW_MUST_CHECK gw_status gw_journal_next(gw_journal_cursor *cursor, gw_record *ret, bool *ret_found,
                                        gw_fault *reterr);
/* Goes back or forth; used when a batch has to be read again. */
void gw_journal_cursor_seek(gw_journal_cursor *cursor, uint64_t lsn);
uint64_t gw_journal_cursor_at(const gw_journal_cursor *cursor); /* number it will read next */
