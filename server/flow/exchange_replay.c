/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/keccak.h"
#include "server/flow/exchange_round.h"

#include <string.h>

typedef struct replaying {
    const gw_exchange_row *row;
    gw_exchange_play play;
    int64_t *answers; /* of the open round */
    int64_t *offers;  /* the last valid answer of each member */
    int answered;
    int64_t rounds;
} replaying;

static gw_status replay_answer(replaying *on, const gw_exchange_message *message,
                               gw_fault *reterr) {
    if (!gw_text_is(message->verdict, "accepted")) return gw_ok();
    gw_exchange_round_put(on->row, message, on->answers);
    gw_exchange_round_put(on->row, message, on->offers);
    if (++on->answered < on->row->member_count) return gw_ok();
    on->answered = 0;
    on->rounds++;
    return gw_exchange_play_round(&on->play, on->answers, reterr);
}

static gw_status replay_message(replaying *on, const gw_exchange_message *message,
                                gw_fault *reterr) {
    if (gw_text_is(message->kind, "ANSWER")) return replay_answer(on, message, reterr);
    if (gw_text_is(message->kind, "TIMEOUT"))
        return gw_exchange_play_fall_back(&on->play, "TIMED_OUT", on->offers, reterr);
    if (gw_text_is(message->kind, "CUT")) return gw_exchange_play_cut(&on->play, reterr);
    return gw_ok(); /* a ROUND follows from what came before it */
}

static gw_status load_start(gw_db *db, gw_arena *arena, const gw_exchange_row *row,
                            gw_exchange_share_list *shares, gw_fault *reterr) {
    if (row->warm_from == NULL) return gw_ok();
    return gw_exchange_load_shares(db, arena, *row->warm_from, shares, reterr);
}

static gw_status begin(gw_db *db, gw_arena *arena, replaying *on, gw_fault *reterr) {
    gw_exchange_share_list shares = {0};
    GW_TRY(load_start(db, arena, on->row, &shares, reterr));
    GW_TRY(gw_exchange_play_begin(arena, on->row, on->row->warm_from == NULL ? NULL : &shares,
                                  &on->play, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, on->play.count, &on->answers, reterr));
    return GW_ARENA_NEW(arena, int64_t, on->play.count, &on->offers, reterr);
}

gw_status gw_exchange_replay_make(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                  gw_exchange_replay *ret, gw_fault *reterr) {
    gw_exchange_row row;
    gw_exchange_message_list messages;
    gw_exchange_replay replay = {0};
    replaying on = {.row = &row};
    GW_TRY(gw_exchange_load(db, arena, exchange_id, &row, reterr));
    GW_TRY(gw_exchange_load_messages(db, arena, exchange_id, &messages, reterr));
    GW_TRY(begin(db, arena, &on, reterr));
    for (int i = 0; i < messages.count; i++)
        GW_TRY(replay_message(&on, &messages.items[i], reterr));
    if (on.play.outcome[0] != '\0') {
        gw_text result;
        GW_TRY(gw_exchange_play_result(&on.play, &result, reterr));
        replay.replayed = gw_keccak256((gw_bytes){(const uint8_t *)result.at, result.length});
    }
    if (row.result_hash.length == sizeof replay.recorded.bytes)
        memcpy(replay.recorded.bytes, row.result_hash.at, sizeof replay.recorded.bytes);
    replay.messages = messages.count;
    replay.rounds = on.rounds;
    *ret = replay;
    return gw_ok();
}
