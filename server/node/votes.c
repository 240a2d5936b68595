/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/votes.h"

#include "base/reader.h"
#include "base/writer.h"
#include "server/journal/journal.h"

#include <string.h>

enum {
    RECORD_SIZE = 1 + 16 + 4 + 8 + 32 + 32,
    SEGMENT_BYTES = 1024 * 1024,
    DURABLE_WAIT_MS = 10000,
    FIRST_ROOM = 256
};

struct gw_votes {
    gw_arena *arena;
    gw_journal *journal;
    gw_vote_record *records;
    gw_word *roots; /* roots[i] belongs to records[i] */
    size_t count;
    size_t room;
};

static gw_status remember(gw_votes *votes, const gw_vote_record *record, gw_word root,
                          gw_fault *reterr) {
    if (votes->count == GW_VOTES_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL, "the vote journal is full");
    if (votes->count == votes->room) {
        const size_t room = votes->room == 0 ? FIRST_ROOM : votes->room * 2;
        gw_vote_record *records = NULL;
        gw_word *roots = NULL;
        GW_TRY(GW_ARENA_NEW(votes->arena, gw_vote_record, room, &records, reterr));
        GW_TRY(GW_ARENA_NEW(votes->arena, gw_word, room, &roots, reterr));
        if (votes->count > 0) {
            memcpy(records, votes->records, votes->count * sizeof *records);
            memcpy(roots, votes->roots, votes->count * sizeof *roots);
        }
        votes->records = records;
        votes->roots = roots;
        votes->room = room;
    }
    votes->records[votes->count] = *record;
    votes->roots[votes->count] = root;
    votes->count++;
    return gw_ok();
}

static gw_status read_record(gw_bytes bytes, gw_vote_record *ret, gw_word *ret_root,
                             gw_fault *reterr) {
    gw_reader in;
    gw_reader_init(&in, bytes);
    if (bytes.length != RECORD_SIZE)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "a vote record has a wrong size");
    ret->slot.kind = (gw_task_kind)gw_read_u8(&in);
    memcpy(ret->slot.subject.bytes, gw_read_bytes(&in, 16).at, 16);
    ret->slot.revision = (uint16_t)gw_read_u32_le(&in);
    ret->slot.epoch = gw_read_u64_le(&in);
    memcpy(ret->digest.bytes, gw_read_bytes(&in, 32).at, 32);
    memcpy(ret_root->bytes, gw_read_bytes(&in, 32).at, 32);
    return gw_reader_end(&in, reterr);
}

static gw_status load(gw_votes *votes, gw_fault *reterr) {
    gw_journal_cursor *cursor = NULL;
    gw_journal_stats stats;
    gw_journal_stats_get(votes->journal, &stats);
    if (stats.appended == 0) return gw_ok();
    GW_TRY(gw_journal_cursor_open(votes->journal, stats.first, &cursor, reterr));
    gw_status status = gw_ok();
    for (bool found = true; found && gw_is_ok(status);) {
        gw_record stored;
        gw_vote_record record;
        gw_word root;
        status = gw_journal_next(cursor, &stored, &found, reterr);
        if (!gw_is_ok(status) || !found) break;
        status = read_record(stored.payload, &record, &root, reterr);
        if (gw_is_ok(status)) status = remember(votes, &record, root, reterr);
    }
    gw_journal_cursor_close(cursor);
    return status;
}

gw_status gw_votes_open(gw_arena *arena, const char *directory, gw_votes **ret, gw_fault *reterr) {
    gw_votes *votes = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_votes, 1, &votes, reterr));
    votes->arena = arena;
    const gw_journal_options options = {.directory = directory, .segment_bytes = SEGMENT_BYTES};
    GW_TRY(gw_journal_open(&options, &votes->journal, reterr));
    const gw_status status = load(votes, reterr);
    if (!gw_is_ok(status)) {
        gw_votes_close(votes);
        return status;
    }
    *ret = votes;
    return gw_ok();
}

void gw_votes_close(gw_votes *votes) {
    if (votes == NULL) return;
    gw_journal_close(votes->journal);
    votes->journal = NULL;
}

static gw_status store(gw_votes *votes, const gw_vote_record *record, gw_word root,
                       gw_fault *reterr) {
    gw_writer out;
    gw_bytes bytes = {NULL, 0};
    uint64_t lsn = 0;
    gw_writer_init(&out, votes->arena);
    gw_write_u8(&out, (uint8_t)record->slot.kind);
    gw_write_bytes(&out, record->slot.subject.bytes, sizeof record->slot.subject.bytes);
    gw_write_u32_le(&out, record->slot.revision);
    gw_write_u64_le(&out, record->slot.epoch);
    gw_write_bytes(&out, record->digest.bytes, sizeof record->digest.bytes);
    gw_write_bytes(&out, root.bytes, sizeof root.bytes);
    GW_TRY(gw_writer_end(&out, &bytes, reterr));
    const gw_record journalled = {
        .kind = GW_RECORD_STORE, .topic = GW_TEXT("vote"), .payload = bytes};
    GW_TRY(gw_journal_append(votes->journal, &journalled, &lsn, reterr));
    return gw_journal_wait(votes->journal, lsn, DURABLE_WAIT_MS, reterr);
}

gw_status gw_votes_claim(gw_votes *votes, const gw_vote_record *record, gw_word root,
                         gw_vote_decision *ret, gw_fault *reterr) {
    const gw_vote_decision decision =
        gw_vote_decide(votes->records, votes->count, &record->slot, record->digest);
    if (decision == GW_VOTE_RECORD_FIRST) {
        GW_TRY(store(votes, record, root, reterr));
        GW_TRY(remember(votes, record, root, reterr));
    }
    *ret = decision;
    return gw_ok();
}

bool gw_votes_has_commitment(const gw_votes *votes, gw_uuid event, gw_word root) {
    for (size_t at = 0; at < votes->count; at++) {
        const gw_vote_slot *slot = &votes->records[at].slot;
        if (slot->kind != GW_TASK_COMMITMENT || !gw_uuid_equal(slot->subject, event)) continue;
        if (gw_word_equal(votes->roots[at], root)) return true;
    }
    return false;
}
