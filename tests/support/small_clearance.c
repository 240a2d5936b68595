/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/small_clearance.h"

#include "oracle/keccak.h"

#include <stdio.h>
#include <string.h>

enum { POINTS = 4 };

#define NODES                                                                                      \
    "{\"format\":\"gw-net\",\"version\":1,\"name\":\"small\",\"model\":\"balanced\","              \
    "\"source\":{\"id\":\"grid\",\"node\":\"0\",\"u_pu\":1.02},\"nodes\":["                        \
    "{\"id\":\"0\",\"un_v\":400,\"vmin_pu\":0.95,\"vmax_pu\":1.05},"                               \
    "{\"id\":\"1\",\"un_v\":400,\"vmin_pu\":0.95,\"vmax_pu\":1.05},"                               \
    "{\"id\":\"2\",\"un_v\":400,\"vmin_pu\":0.95,\"vmax_pu\":1.05},"                               \
    "{\"id\":\"3\",\"un_v\":400,\"vmin_pu\":0.95,\"vmax_pu\":1.05}],\"branches\":["
#define CABLES                                                                                     \
    "{\"id\":\"s2\",\"from\":\"1\",\"to\":\"2\",\"kind\":\"cable\",\"r1_ohm\":0.06201,"            \
    "\"x1_ohm\":0.02412,\"imax_a\":270},"                                                          \
    "{\"id\":\"s3\",\"from\":\"2\",\"to\":\"3\",\"kind\":\"cable\",\"r1_ohm\":0.08268,"            \
    "\"x1_ohm\":0.03216,\"imax_a\":270}],\"points\":["                                             \
    "{\"id\":\"P1\",\"node\":\"1\",\"p_w\":6000,\"q_var\":1972},"                                  \
    "{\"id\":\"P2\",\"node\":\"2\",\"p_w\":4000,\"q_var\":1315},"                                  \
    "{\"id\":\"P3\",\"node\":\"3\",\"p_w\":2000,\"q_var\":657},"                                   \
    "{\"id\":\"P4\",\"node\":\"3\",\"p_w\":0,\"q_var\":0}]}"
#define OVERLAY "{\"branches\":{},\"points\":{},\"transformers\":{}}"

/* NAYY 4x150, 300 m, 300 m and 400 m. */
static const char NETWORK[] =
    NODES "{\"id\":\"s1\",\"from\":\"0\",\"to\":\"1\",\"kind\":\"cable\",\"r1_ohm\":0.06201,"
          "\"x1_ohm\":0.02412,\"imax_a\":270}," CABLES OVERLAY;
static const char THIN[] =
    NODES "{\"id\":\"s1\",\"from\":\"0\",\"to\":\"1\",\"kind\":\"cable\",\"r1_ohm\":0.12402,"
          "\"x1_ohm\":0.04824,\"imax_a\":150}," CABLES OVERLAY;

gw_bytes small_network(void) { return (gw_bytes){(const uint8_t *)NETWORK, sizeof NETWORK - 1}; }
gw_bytes small_network_thin(void) { return (gw_bytes){(const uint8_t *)THIN, sizeof THIN - 1}; }

int64_t small_network_document_bytes(gw_bytes network) {
    return (int64_t)network.length - (int64_t)(sizeof OVERLAY - 1);
}

static gw_instant at(const char *text) {
    gw_instant made = {0};
    gw_ignore(gw_instant_parse(gw_text_from_c(text), &made, NULL)); /* literals of this file */
    return made;
}

static gw_word salt(size_t number) {
    char text[64];
    const int length = snprintf(text, sizeof text, "small clearance %zu", number);
    return gw_keccak256((gw_bytes){(const uint8_t *)text, (size_t)length});
}

/* Node 0 is the busbar: the buyer of B is outside. */
static const struct {
    const char *id;
    int64_t seller;
    int64_t buyer;
    int64_t requested_w;
    int64_t accepted_w;
} TRADES[SMALL_ITEMS] = {
    {"A", 2, 0, 20000, 16500}, {"B", 2, GW_CORE_OUTSIDE, 25000, 19900},
    {"C", 1, 0, 15000, 13400}, {"D", 1, 2, 10000, 10000},
    {"E", 0, 0, 8000, 8000},
};

static void fill_items(gw_core_item *items) {
    for (size_t number = 0; number < SMALL_ITEMS; number++)
        items[number] = (gw_core_item){
            .id = gw_text_from_c(TRADES[number].id),
            .kind = GW_FLOW_ITEM_TRADE,
            .effect = GW_FLOW_ITEM_INCREMENTAL,
            .seller_point = TRADES[number].seller,
            .buyer_point = TRADES[number].buyer,
            .seller = GW_TEXT("0x1000000000000000000000000000000000000a01"),
            .buyer = GW_TEXT("0x2000000000000000000000000000000000000b02"),
            .requested = {TRADES[number].requested_w},
            .accepted = {TRADES[number].accepted_w},
            .seller_schedule = {.item_id = GW_TEXT("-")},
            .buyer_schedule = {.item_id = GW_TEXT("-")},
            .salt = salt(number),
        };
}

/* A quarter of an hour of the base, floored. */
static void fill_readings(gw_core_anchor *readings, const int64_t *p_w) {
    static const char *const METERS[SMALL_READINGS] = {"M-1", "M-2", "M-3"};
    for (size_t number = 0; number < SMALL_READINGS; number++)
        readings[number] = (gw_core_anchor){.point = (int64_t)number,
                                            .meter = gw_text_from_c(METERS[number]),
                                            .start = at("2026-01-20T15:30:00Z"),
                                            .interval_s = 900,
                                            .wh = p_w[number] / 4,
                                            .boot = 1,
                                            .seq = 40 + (int64_t)number};
}

static gw_status fill_base(gw_arena *arena, gw_core_base *base, gw_fault *reterr) {
    static const int64_t P_W[POINTS] = {6000, 4000, 2000, 0};
    static const int64_t Q_VAR[POINTS] = {1972, 1315, 657, 0};
    *base = (gw_core_base){.id = GW_TEXT("p50"), .p_count = POINTS, .q_count = POINTS};
    GW_TRY(GW_ARENA_NEW(arena, int64_t, POINTS, &base->p_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, POINTS, &base->q_var, reterr));
    memcpy(base->p_w, P_W, sizeof P_W);
    memcpy(base->q_var, Q_VAR, sizeof Q_VAR);
    return gw_ok();
}

static gw_core_clearance frame(void) {
    const gw_bytes network = small_network();
    return (gw_core_clearance){
        .realm = GW_TEXT("grid"),
        .chain = {.chain_id = 31337,
                  .ledger = GW_TEXT("0x5fbdb2315678afecb367f032d93f642f64180aa3"),
                  .signer_set = 1},
        .check_id = {{0x01, 0x9b, 0xe0, 0xc4, 0x3c, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 9}},
        .checked_at = at("2026-01-20T15:50:00Z"),
        .sign_by = at("2026-01-20T15:55:00Z"),
        .expires_at = at("2026-01-20T16:30:00Z"),
        .from = at("2026-01-20T16:15:00Z"),
        .to = at("2026-01-20T16:30:00Z"),
        .network = {.id = GW_TEXT("small"),
                    .version = 1,
                    .document_bytes = small_network_document_bytes(network),
                    .hash = gw_keccak256(network)},
        .policy = GW_TEXT("sensitivity_qp"),
        .margin_ppm = 2000,
        .verdict = GW_FLOW_CHECK_CURTAILED,
    };
}

gw_status small_clearance(gw_arena *arena, gw_core_clearance *ret, gw_fault *reterr) {
    gw_core_clearance core = frame();
    GW_TRY(GW_ARENA_NEW(arena, gw_core_base, 1, &core.bases, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_core_item, SMALL_ITEMS, &core.items, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_core_anchor, SMALL_READINGS, &core.readings, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_core_limit, 1, &core.limits, reterr));
    GW_TRY(fill_base(arena, &core.bases[0], reterr));
    core.base_count = 1;
    fill_items(core.items);
    core.item_count = SMALL_ITEMS;
    fill_readings(core.readings, core.bases[0].p_w);
    core.reading_count = SMALL_READINGS;
    core.limits[0] = (gw_core_limit){.id = GW_TEXT("voltage_high:3"),
                                     .unit = GW_TEXT("mv"),
                                     .limit = 420000,
                                     .before = 404432,
                                     .requested = 423660,
                                     .after = 419913};
    core.limit_count = 1;
    GW_TRY(gw_core_build_clearance(arena, &core, reterr));
    *ret = core;
    return gw_ok();
}
