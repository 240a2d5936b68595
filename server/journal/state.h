/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of server/journal/ share; nobody else includes this. Fields below `lock` are
 * guarded by it. Lock order: there is only this one.
 */
#pragma once

#include "server/journal/journal.h"

#include <pthread.h>

enum { GW_JOURNAL_RETIRING_MOST = 16, GW_JOURNAL_PATH_SIZE = 4096 };

typedef struct gw_journal_segment {
    uint64_t number;
    uint64_t first;
    uint64_t created_us;
    uint64_t bytes;
} gw_journal_segment;

struct gw_journal {
    gw_arena *arena; /* holds this struct */
    const char *directory;
    size_t segment_bytes;
    gw_journal_ops ops;
    int directory_file; /* also carries the lock that keeps a second process out */
    pthread_t syncer;
    pthread_t preparer;
    bool threads_run;

    pthread_mutex_t lock;
    pthread_cond_t work;   /* for the syncer: something to sync, or stop */
    pthread_cond_t spare;  /* for the preparer: a spare is wanted, or stop */
    pthread_cond_t synced; /* for waiters and for an append that found no room to retire */
    gw_journal_segment *segments;
    size_t segment_count;
    gw_segment_header header; /* of the newest segment */
    int file;                 /* of the newest segment */
    size_t offset;            /* where the next record goes */
    size_t size;              /* of the newest segment's file */
    int retiring[GW_JOURNAL_RETIRING_MOST];
    size_t retiring_count;
    bool directory_dirty;
    bool has_spare;
    bool stopping;
    bool failed;
    uint64_t appended;
    uint64_t durable;
    uint64_t syncs;
    uint64_t slowest_sync_us;
    struct {
        gw_journal_watcher *call;
        void *context;
    } watchers[GW_JOURNAL_WATCHERS_MOST];
    size_t watcher_count;
    bool telling;     /* the syncer is calling watchers, without the lock */
    uint8_t *scratch; /* one encoded record */
};

/* files.c */
void gw_journal_path(const gw_journal *journal, uint64_t number, char *out);
void gw_journal_spare_path(const gw_journal *journal, char *out);
int gw_journal_write_all(const gw_journal *journal, int file, gw_bytes bytes, size_t offset);
/* Makes, fills and syncs the spare file; 0 or -1 with errno. */
int gw_journal_make_spare(const gw_journal *journal);
/* Turns the spare, or a fresh file, into segment header->number; the file or -1. */
int gw_journal_begin_segment(const gw_journal *journal, const gw_segment_header *header,
                             int has_spare);
GW_MUST_CHECK gw_status gw_journal_list(gw_journal *journal, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_journal_io_fault(const char *what, const char *path, gw_fault *reterr);
uint64_t gw_journal_clock_us(void); /* real time: segments' age and stream ids only */

/* recover.c */
GW_MUST_CHECK gw_status gw_journal_recover(gw_journal *journal, gw_fault *reterr);

/* syncer.c */
GW_MUST_CHECK gw_status gw_journal_start(gw_journal *journal, gw_fault *reterr);
void gw_journal_stop(gw_journal *journal);
