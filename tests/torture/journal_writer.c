/* SPDX-License-Identifier: Apache-2.0
 *
 * Helper of journal_kill.sh.
 *   journal_writer write DIRECTORY      appends for ever; prints each number that has become
 * durable journal_writer check DIRECTORY N    demands that 1..N are there, whole, and prints how
 * many are
 */
#include "base/decimal.h"
#include "server/journal/journal.h"

#include <stdio.h>
#include <string.h>

enum { SEGMENT = 256 * 1024, PAYLOAD_MOST = 2000 };

static size_t payload_of(uint64_t lsn, uint8_t *out) {
    const size_t length = (size_t)(lsn * 2654435761U % PAYLOAD_MOST);
    for (size_t at = 0; at < length; at++) out[at] = (uint8_t)(lsn + at * 31U);
    return length;
}

static int complain(const gw_fault *fault) {
    (void)fprintf(stderr, "%s: %s\n", fault->subject, fault->message);
    return 1;
}

static int write_on(gw_journal *journal) {
    gw_fault fault;
    uint64_t lsn = gw_journal_appended(journal);
    for (;;) {
        uint8_t payload[PAYLOAD_MOST];
        const size_t length = payload_of(lsn + 1, payload);
        const gw_record record = {.kind = GW_RECORD_STORE, .payload = {payload, length}};
        if (!gw_is_ok(gw_journal_append(journal, &record, &lsn, &fault))) return complain(&fault);
        if (lsn % 7 != 0) continue;
        if (!gw_is_ok(gw_journal_wait(journal, lsn, 10000, &fault))) return complain(&fault);
        (void)printf("%llu\n", (unsigned long long)lsn);
        (void)fflush(stdout);
    }
}

static int check(gw_journal *journal, uint64_t durable) {
    gw_journal_cursor *cursor = NULL;
    gw_fault fault;
    bool found = true;
    uint64_t count = 0;
    if (!gw_is_ok(gw_journal_cursor_open(journal, 1, &cursor, &fault))) return complain(&fault);
    while (found) {
        uint8_t payload[PAYLOAD_MOST];
        gw_record record;
        if (!gw_is_ok(gw_journal_next(cursor, &record, &found, &fault))) return complain(&fault);
        if (!found) break;
        const size_t length = payload_of(++count, payload);
        if (record.lsn != count || record.payload.length != length ||
            (length > 0 && memcmp(record.payload.at, payload, length) != 0)) {
            (void)fprintf(stderr, "record %llu is not what was written\n",
                          (unsigned long long)count);
            return 1;
        }
    }
    gw_journal_cursor_close(cursor);
    (void)printf("%llu\n", (unsigned long long)count);
    return count >= durable ? 0 : 1;
}

int main(int argc, char **argv) {
    gw_fault fault;
    gw_journal *journal = NULL;
    int64_t durable = 0;
    if (argc < 3) return 2;
    const gw_journal_options options = {.directory = argv[2], .segment_bytes = SEGMENT};
    if (!gw_is_ok(gw_journal_open(&options, &journal, &fault))) return complain(&fault);
    if (strcmp(argv[1], "write") == 0) return write_on(journal);
    if (argc < 4 || !gw_is_ok(gw_int64_parse(gw_text_from_c(argv[3]), &durable, &fault))) return 2;
    const int result = check(journal, (uint64_t)durable);
    gw_journal_close(journal);
    return result;
}
