/* SPDX-License-Identifier: Apache-2.0
 *
 * An exchange as it is played: its row turned into the rule of grid/exchange.h, round by round, and
 * what follows when a round is given up or the grid check cuts. No I/O: the server plays it live,
 * a replay plays the stored messages, and both must end with the same bytes. Lives in the arena.
 */
#pragma once

#include "grid/exchange_result.h"
#include "oracle/word.h"
#include "server/db/exchange_store.h"

enum {
    GW_EXCHANGE_RERUNS_MOST = 2, /* rounds all over after cuts; then the last result is cut */
    GW_EXCHANGE_CUTS_MOST = 5    /* after so many the exchange has failed */
};

typedef struct gw_exchange_play {
    gw_arena *arena;
    const gw_exchange_row *row; /* members, ties, and the cuts of all runs */
    int64_t run;
    const char *outcome; /* "" while rounds go on; else how they ended */
    gw_exchange *exchange;
    size_t count;       /* members * intervals */
    int64_t *exports_w; /* of the result, [interval * members + member] */
    int64_t *prices;    /* billionths per kWh */
} gw_exchange_play;

/* The first round of run 0; shares NULL: from zeros. */
GW_MUST_CHECK gw_status gw_exchange_play_begin(gw_arena *arena, const gw_exchange_row *row,
                                               const gw_exchange_share_list *shares,
                                               gw_exchange_play *ret, gw_fault *reterr);
/* As the row says: its run, its stored state; shares are those of an exchange that is CHECKING. */
GW_MUST_CHECK gw_status gw_exchange_play_restore(gw_arena *arena, const gw_exchange_row *row,
                                                 const gw_exchange_share_list *shares,
                                                 gw_exchange_play *ret, gw_fault *reterr);

/* All members have answered (milliwatt). May end the rounds: then the exports are there. */
GW_MUST_CHECK gw_status gw_exchange_play_round(gw_exchange_play *play, const int64_t *answers,
                                               gw_fault *reterr);
/* The rounds end without agreement; offers are the last valid answers, 0 where there is none. */
GW_MUST_CHECK gw_status gw_exchange_play_fall_back(gw_exchange_play *play, const char *outcome,
                                                   const int64_t *offers, gw_fault *reterr);
/* The next run, with the cuts of the row that belong to it: rounds again from where they ended, or,
 * when there was no agreement or too many runs, the result with the cuts. */
GW_MUST_CHECK gw_status gw_exchange_play_cut(gw_exchange_play *play, gw_fault *reterr);

/* Is it an agreement, or what was left of one. */
bool gw_exchange_play_is_agreed(const gw_exchange_play *play);
int64_t gw_exchange_play_least_w(const gw_exchange_play *play, uint32_t interval, uint32_t member);
int64_t gw_exchange_play_most_w(const gw_exchange_play *play, uint32_t interval, uint32_t member);

/* The state as bytes, and their hash. */
GW_MUST_CHECK gw_status gw_exchange_play_bytes(const gw_exchange_play *play, gw_bytes *ret,
                                               gw_fault *reterr);
/* "gridwitness-exchange-1": canonical JSON of the result without id and times of arrival, so that
 * the same definition and the same answers give the same hash. */
GW_MUST_CHECK gw_status gw_exchange_play_result(const gw_exchange_play *play, gw_text *ret,
                                                gw_fault *reterr);
/* Exports and prices as rows. */
GW_MUST_CHECK gw_status gw_exchange_play_shares(const gw_exchange_play *play,
                                                gw_exchange_share_list *ret, gw_fault *reterr);
