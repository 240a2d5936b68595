/* SPDX-License-Identifier: Apache-2.0
 *
 * Power cuts, modelled: of everything written since the last sync of its file, each sector of 512
 * bytes is kept or lost by a seeded coin, then the journal is recovered. What was durable must be
 * there unharmed, nothing may be invented, and it must go on. Not modelled: a directory that
 * forgets a name, and a disk that lies about its sync.
 */
#include "server/journal/journal.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SEGMENT = 16 * 1024, SECTOR = 512, UNDO_MOST = 4096, CUTS = 300, PAYLOAD_MOST = 900 };

/* What a sector held before the write that is not synced yet. */
typedef struct undo {
    int file; /* our own duplicate */
    ino_t inode;
    off_t offset;
    size_t length;
    uint8_t before[SECTOR];
} undo;

static struct {
    pthread_mutex_t lock;
    undo items[UNDO_MOST];
    size_t count;
    bool cut; /* the power is gone: nothing works any more */
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

static uint64_t seed = 88172645463325252U;
static uint64_t coin(void) { /* xorshift64 */
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static void remember(int file, off_t offset, size_t length) {
    struct stat facts;
    assert_int_equal(fstat(file, &facts), 0);
    while (length > 0) {
        const size_t room = SECTOR - (size_t)(offset % SECTOR);
        const size_t piece = length < room ? length : room;
        assert_true(disk.count < UNDO_MOST);
        undo *item = &disk.items[disk.count++];
        *item = (undo){.file = dup(file), .inode = facts.st_ino, .offset = offset, .length = piece};
        const ssize_t got = pread(file, item->before, piece, offset);
        if (got < (ssize_t)piece)
            memset(item->before + (got > 0 ? got : 0), 0, piece - (size_t)(got > 0 ? got : 0));
        offset += (off_t)piece;
        length -= piece;
    }
}

static ssize_t disk_write(void *context, int file, const void *bytes, size_t count, off_t offset) {
    (void)context;
    (void)pthread_mutex_lock(&disk.lock);
    ssize_t wrote = -1;
    errno = EIO;
    if (!disk.cut) {
        remember(file, offset, count);
        wrote = pwrite(file, bytes, count, offset);
    }
    (void)pthread_mutex_unlock(&disk.lock);
    return wrote;
}

static int disk_sync(void *context, int file) {
    struct stat facts;
    (void)context;
    (void)pthread_mutex_lock(&disk.lock);
    const bool works = !disk.cut && fstat(file, &facts) == 0;
    size_t kept = 0;
    for (size_t at = 0; works && at < disk.count; at++) {
        if (disk.items[at].inode == facts.st_ino)
            (void)close(disk.items[at].file);
        else
            disk.items[kept++] = disk.items[at];
    }
    if (works) disk.count = kept;
    (void)pthread_mutex_unlock(&disk.lock);
    errno = EIO;
    return works ? 0 : -1;
}

static const gw_journal_ops disk_ops = {NULL, disk_write, disk_sync};

static void cut_power(void) {
    (void)pthread_mutex_lock(&disk.lock);
    disk.cut = true;
    (void)pthread_mutex_unlock(&disk.lock);
}

static void lose_sectors(void) {
    while (disk.count > 0) {
        const undo *item = &disk.items[--disk.count];
        if (coin() % 2 == 0)
            assert_int_equal(pwrite(item->file, item->before, item->length, item->offset),
                             (ssize_t)item->length);
        (void)close(item->file);
    }
    disk.cut = false;
}

static size_t payload_of(uint64_t lsn, uint8_t *out) {
    const size_t length = (size_t)(lsn * 2654435761U % PAYLOAD_MOST);
    for (size_t at = 0; at < length; at++) out[at] = (uint8_t)(lsn + at * 31U);
    return length;
}

static bool append_one(gw_journal *journal, uint64_t expected) {
    uint8_t payload[PAYLOAD_MOST];
    const size_t length = payload_of(expected, payload);
    const gw_record record = {.kind = GW_RECORD_STORE, .payload = {payload, length}};
    uint64_t lsn = 0;
    gw_fault fault;
    if (!gw_is_ok(gw_journal_append(journal, &record, &lsn, &fault))) return false;
    assert_int_equal(lsn, expected);
    return true;
}

static void check_all(gw_journal *journal, uint64_t durable) {
    gw_journal_cursor *cursor = NULL;
    gw_fault fault;
    bool found = true;
    uint64_t next = 1;
    assert_true(gw_journal_durable(journal) >= durable);
    assert_true(gw_is_ok(gw_journal_cursor_open(journal, 1, &cursor, &fault)));
    while (found) {
        uint8_t payload[PAYLOAD_MOST];
        gw_record record;
        assert_true(gw_is_ok(gw_journal_next(cursor, &record, &found, &fault)));
        if (!found) break;
        const size_t length = payload_of(next, payload);
        assert_int_equal(record.lsn, next);
        assert_int_equal(record.payload.length, length);
        if (length > 0) assert_memory_equal(record.payload.at, payload, length);
        next++;
    }
    assert_int_equal(next, gw_journal_durable(journal) + 1);
    gw_journal_cursor_close(cursor);
}

static void what_was_durable_survives_any_power_cut(void **state) {
    (void)state;
    char directory[] = "/tmp/gw-power-XXXXXX";
    char path[160];
    gw_fault fault;
    uint64_t durable = 0;
    assert_non_null(mkdtemp(directory));
    const gw_journal_options options = {
        .directory = directory, .segment_bytes = SEGMENT, .ops = &disk_ops};
    for (int cut = 0; cut < CUTS; cut++) {
        gw_journal *journal = NULL;
        const gw_status opened = gw_journal_open(&options, &journal, &fault);
        if (!gw_is_ok(opened)) fail_msg("cut %d: %s", cut, fault.message);
        check_all(journal, durable);
        uint64_t next = gw_journal_appended(journal) + 1;
        const uint64_t wish = coin() % 40;
        for (uint64_t at = 0; at < wish && append_one(journal, next); at++) {
            if (coin() % 4 == 0)
                gw_ignore(gw_journal_wait(journal, next, 1000, &fault)); /* a cut is no failure */
            next++;
        }
        durable = gw_journal_durable(journal);
        cut_power();
        gw_journal_close(journal);
        lose_sectors();
    }
    assert_true(durable > CUTS);
    for (unsigned number = 1; number < 2000; number++) {
        (void)snprintf(path, sizeof path, "%s/%016x.seg", directory, number);
        (void)unlink(path);
    }
    static const char *const others[] = {"spare", "spare.tmp", "fresh.tmp"};
    for (size_t at = 0; at < 3; at++) {
        (void)snprintf(path, sizeof path, "%s/%s", directory, others[at]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(directory), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_durable_survives_any_power_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
