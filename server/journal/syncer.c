/* SPDX-License-Identifier: Apache-2.0
 *
 * Two threads of a journal: the syncer makes appended records durable in groups, the preparer
 * keeps one zero-filled spare segment ready.
 */
#include "server/journal/state.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct group {
    uint64_t target;
    int retiring[GW_JOURNAL_RETIRING_MOST];
    size_t retiring_count;
    int file;
    bool directory_dirty;
} group;

static uint64_t tick_us(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

/* Lock held. The newest file stays open until it is retired, and only this thread closes files, so
 * its number may be used without the lock. */
static void take_group(gw_journal *journal, group *ret) {
    ret->target = journal->appended;
    ret->retiring_count = journal->retiring_count;
    memcpy(ret->retiring, journal->retiring, sizeof ret->retiring);
    ret->file = journal->file;
    ret->directory_dirty = journal->directory_dirty;
    journal->directory_dirty = false;
}

static bool sync_group(const gw_journal *journal, const group *work) {
    for (size_t at = 0; at < work->retiring_count; at++)
        if (journal->ops.sync(journal->ops.context, work->retiring[at]) != 0) return false;
    if (journal->ops.sync(journal->ops.context, work->file) != 0) return false;
    return !work->directory_dirty || fsync(journal->directory_file) == 0;
}

/* Lock held. Files that were retired meanwhile stay for the next group. */
static void settle_group(gw_journal *journal, const group *work, uint64_t took_us) {
    for (size_t at = 0; at < work->retiring_count; at++) (void)close(work->retiring[at]);
    journal->retiring_count -= work->retiring_count;
    memmove(journal->retiring, journal->retiring + work->retiring_count,
            journal->retiring_count * sizeof journal->retiring[0]);
    journal->durable = work->target;
    journal->syncs++;
    if (took_us > journal->slowest_sync_us) journal->slowest_sync_us = took_us;
}

static void tell_watchers(gw_journal *journal) {
    const size_t count = journal->watcher_count;
    const uint64_t durable = journal->durable;
    journal->telling = true;
    (void)pthread_mutex_unlock(&journal->lock);
    for (size_t at = 0; at < count; at++)
        journal->watchers[at].call(journal->watchers[at].context, durable);
    (void)pthread_mutex_lock(&journal->lock);
    journal->telling = false;
    (void)pthread_cond_broadcast(&journal->synced);
}

static void sync_once(gw_journal *journal) {
    group work;
    take_group(journal, &work);
    (void)pthread_mutex_unlock(&journal->lock);
    const uint64_t began_us = tick_us();
    const bool synced = sync_group(journal, &work);
    const uint64_t took_us = tick_us() - began_us;
    (void)pthread_mutex_lock(&journal->lock);
    /* never again after a failure: the kernel may have dropped what it could not write */
    if (synced && !journal->failed)
        settle_group(journal, &work, took_us);
    else
        journal->failed = true;
    (void)pthread_cond_broadcast(&journal->synced);
    tell_watchers(journal);
}

static void *run_syncer(void *context) {
    gw_journal *journal = context;
    (void)pthread_mutex_lock(&journal->lock);
    bool told_failure = false;
    while (!journal->stopping || (journal->durable < journal->appended && !journal->failed)) {
        if (journal->failed && !told_failure) {
            told_failure = true;
            tell_watchers(journal);
        } else if (journal->failed || journal->durable == journal->appended) {
            (void)pthread_cond_wait(&journal->work, &journal->lock);
        } else {
            sync_once(journal);
            told_failure = journal->failed;
        }
    }
    (void)pthread_mutex_unlock(&journal->lock);
    return NULL;
}

/* A spare that cannot be made is not fatal: the roll then makes a file itself and reports what is
 * wrong. */
static void *run_preparer(void *context) {
    gw_journal *journal = context;
    bool gave_up = false;
    (void)pthread_mutex_lock(&journal->lock);
    while (!journal->stopping) {
        if (journal->has_spare || journal->failed || gave_up) {
            (void)pthread_cond_wait(&journal->spare, &journal->lock);
            gave_up = false;
            continue;
        }
        (void)pthread_mutex_unlock(&journal->lock);
        const bool made = gw_journal_make_spare(journal) == 0;
        (void)pthread_mutex_lock(&journal->lock);
        if (made)
            journal->has_spare = true;
        else
            gave_up = true;
    }
    (void)pthread_mutex_unlock(&journal->lock);
    return NULL;
}

gw_status gw_journal_start(gw_journal *journal, gw_fault *reterr) {
    if (pthread_create(&journal->syncer, NULL, run_syncer, journal) != 0)
        return gw_fail_with(reterr, GW_CODE_NO_MEMORY, NULL, "could not start the journal syncer");
    if (pthread_create(&journal->preparer, NULL, run_preparer, journal) == 0) {
        journal->threads_run = true;
        return gw_ok();
    }
    (void)pthread_mutex_lock(&journal->lock);
    journal->stopping = true;
    (void)pthread_cond_signal(&journal->work);
    (void)pthread_mutex_unlock(&journal->lock);
    (void)pthread_join(journal->syncer, NULL);
    return gw_fail_with(reterr, GW_CODE_NO_MEMORY, NULL, "could not start the journal preparer");
}

void gw_journal_stop(gw_journal *journal) {
    if (!journal->threads_run) return;
    (void)pthread_mutex_lock(&journal->lock);
    journal->stopping = true;
    (void)pthread_cond_broadcast(&journal->work);
    (void)pthread_cond_broadcast(&journal->spare);
    (void)pthread_mutex_unlock(&journal->lock);
    (void)pthread_join(journal->syncer, NULL);
    (void)pthread_join(journal->preparer, NULL);
    journal->threads_run = false;
}
