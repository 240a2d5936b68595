/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange.h"
#include "server/feed/exchange.h"

/* A stored state that is not one must be refused, and one that is must go on. */
static void play(gw_arena *arena, const uint8_t *data, size_t size) {
    static const gw_exchange_tie tie = {0, 1};
    static const int64_t limit = 60000000;
    const gw_exchange_problem problem = {.member_count = 2,
                                         .interval_count = 1,
                                         .ties = &tie,
                                         .tie_count = 1,
                                         .limits = &limit,
                                         .penalty = 1000000,
                                         .stop = GW_EXCHANGE_STOP_MILLIWATT};
    const int64_t answers[] = {GW_EXCHANGE_MILLIWATT_MOST, -GW_EXCHANGE_MILLIWATT_MOST};
    gw_exchange *exchange = NULL;
    gw_reader in;
    if (!gw_is_ok(gw_exchange_open(arena, &problem, &exchange, NULL))) return;
    gw_reader_init(&in, (gw_bytes){data, size});
    if (!gw_is_ok(gw_exchange_read(exchange, &in, NULL))) return;
    gw_ignore(gw_exchange_step(exchange, answers, NULL)); /* an overflow is an answer, too */
    (void)gw_exchange_price(exchange, 0, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_bytes json = {data, size};
    gw_exchange_reply reply;
    gw_exchange_call call;
    gw_fault fault;
    gw_text text;
    gw_arena *arena = gw_arena_open(8 * 1024 * 1024);
    if (arena == NULL) return 0;
    if (gw_is_ok(gw_exchange_reply_parse(arena, json, &reply, &fault)))
        gw_ignore(gw_exchange_reply_print(arena, &reply, &text, &fault)); /* only crashes count */
    if (gw_is_ok(gw_exchange_call_parse(arena, json, &call, &fault)))
        gw_ignore(gw_exchange_call_print(arena, &call, &text, &fault));
    play(arena, data, size);
    gw_arena_close(arena);
    return 0;
}
