/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/event.h"

typedef struct move {
    gw_event_state from;
    gw_event_action action;
    gw_event_state to;
} move;

/* Every allowed move but FAIL, which leads from every open state to FAILED. */
static const move MOVES[] = {
    {GW_EVENT_NEED, GW_EVENT_DO_DRAFT, GW_EVENT_DRAFT},
    {GW_EVENT_NEED, GW_EVENT_DO_CANCEL, GW_EVENT_CANCELLED},
    {GW_EVENT_DRAFT, GW_EVENT_DO_PUBLISH, GW_EVENT_PUBLISHED},
    {GW_EVENT_DRAFT, GW_EVENT_DO_CANCEL, GW_EVENT_CANCELLED},
    {GW_EVENT_PUBLISHED, GW_EVENT_DO_PUBLISH, GW_EVENT_PUBLISHED},
    {GW_EVENT_PUBLISHED, GW_EVENT_DO_CLOSE_GATE, GW_EVENT_GATE_CLOSED},
    {GW_EVENT_PUBLISHED, GW_EVENT_DO_CANCEL, GW_EVENT_CANCELLED},
    {GW_EVENT_GATE_CLOSED, GW_EVENT_DO_FIND_NO_OFFERS, GW_EVENT_NO_OFFERS},
    {GW_EVENT_GATE_CLOSED, GW_EVENT_DO_CLEAR, GW_EVENT_CLEARED},
    {GW_EVENT_GATE_CLOSED, GW_EVENT_DO_CANCEL, GW_EVENT_CANCELLED},
    {GW_EVENT_CLEARED, GW_EVENT_DO_ORDER, GW_EVENT_ORDERED},
    {GW_EVENT_CLEARED, GW_EVENT_DO_CANCEL, GW_EVENT_CANCELLED},
    {GW_EVENT_ORDERED, GW_EVENT_DO_CONFIRM, GW_EVENT_CONFIRMED},
    {GW_EVENT_ORDERED, GW_EVENT_DO_CANCEL, GW_EVENT_CANCELLED},
    {GW_EVENT_CONFIRMED, GW_EVENT_DO_COMMIT, GW_EVENT_COMMITTED},
    {GW_EVENT_CONFIRMED, GW_EVENT_DO_CANCEL, GW_EVENT_CANCELLED},
    /* From here on the promise is signed: it can be ended early, not cancelled. */
    {GW_EVENT_COMMITTED, GW_EVENT_DO_START, GW_EVENT_ACTIVE},
    {GW_EVENT_COMMITTED, GW_EVENT_DO_RECALL, GW_EVENT_ENDED},
    {GW_EVENT_ACTIVE, GW_EVENT_DO_END, GW_EVENT_ENDED},
    {GW_EVENT_ACTIVE, GW_EVENT_DO_RECALL, GW_EVENT_ENDED},
    {GW_EVENT_ENDED, GW_EVENT_DO_METER, GW_EVENT_METERED},
    {GW_EVENT_METERED, GW_EVENT_DO_VERIFY, GW_EVENT_VERIFIED},
    {GW_EVENT_VERIFIED, GW_EVENT_DO_SETTLE, GW_EVENT_SETTLED},
    {GW_EVENT_SETTLED, GW_EVENT_DO_POST, GW_EVENT_POSTED},
    {GW_EVENT_POSTED, GW_EVENT_DO_CORRECT, GW_EVENT_METERED},
};

enum { MOVE_COUNT = sizeof MOVES / sizeof MOVES[0] };

/* In the order of gw_event_state. */
static const struct {
    const char *name;
    bool is_final;
    bool has_liability;
} STATES[GW_EVENT_STATE_COUNT] = {
    [GW_EVENT_NEED] = {"NEED", false, false},
    [GW_EVENT_DRAFT] = {"DRAFT", false, false},
    [GW_EVENT_PUBLISHED] = {"PUBLISHED", false, false},
    [GW_EVENT_GATE_CLOSED] = {"GATE_CLOSED", false, false},
    [GW_EVENT_NO_OFFERS] = {"NO_OFFERS", true, false},
    [GW_EVENT_CLEARED] = {"CLEARED", false, false},
    [GW_EVENT_ORDERED] = {"ORDERED", false, false},
    [GW_EVENT_CONFIRMED] = {"CONFIRMED", false, false},
    [GW_EVENT_COMMITTED] = {"COMMITTED", false, true},
    [GW_EVENT_ACTIVE] = {"ACTIVE", false, true},
    [GW_EVENT_ENDED] = {"ENDED", false, true},
    [GW_EVENT_METERED] = {"METERED", false, true},
    [GW_EVENT_VERIFIED] = {"VERIFIED", false, true},
    [GW_EVENT_SETTLED] = {"SETTLED", false, true},
    [GW_EVENT_POSTED] = {"POSTED", true, false},
    [GW_EVENT_CANCELLED] = {"CANCELLED", true, false},
    [GW_EVENT_FAILED] = {"FAILED", true, false},
};

static const char *const ACTIONS[GW_EVENT_ACTION_COUNT] = {
    [GW_EVENT_DO_DRAFT] = "draft",
    [GW_EVENT_DO_PUBLISH] = "publish",
    [GW_EVENT_DO_CLOSE_GATE] = "close-gate",
    [GW_EVENT_DO_FIND_NO_OFFERS] = "find-no-offers",
    [GW_EVENT_DO_CLEAR] = "clear",
    [GW_EVENT_DO_ORDER] = "order",
    [GW_EVENT_DO_CONFIRM] = "confirm",
    [GW_EVENT_DO_COMMIT] = "commit",
    [GW_EVENT_DO_START] = "start",
    [GW_EVENT_DO_END] = "end",
    [GW_EVENT_DO_RECALL] = "recall",
    [GW_EVENT_DO_METER] = "meter",
    [GW_EVENT_DO_VERIFY] = "verify",
    [GW_EVENT_DO_SETTLE] = "settle",
    [GW_EVENT_DO_POST] = "post",
    [GW_EVENT_DO_CORRECT] = "correct",
    [GW_EVENT_DO_CANCEL] = "cancel",
    [GW_EVENT_DO_FAIL] = "fail",
};

static gw_status refuse(gw_event_state from, gw_event_action action, gw_fault *reterr) {
    const bool is_gate =
        action == GW_EVENT_DO_PUBLISH && from >= GW_EVENT_GATE_CLOSED && !gw_event_is_final(from);
    const gw_code code = is_gate ? GW_CODE_GATE_CLOSED : GW_CODE_WRONG_STATE;
    return gw_fail_with(reterr, code, NULL, "an event that is %s does not allow \"%s\"",
                        gw_event_state_print(from), gw_event_action_print(action));
}

gw_status gw_event_move(gw_event_state from, gw_event_action action, gw_event_state *ret,
                        gw_fault *reterr) {
    if (from >= GW_EVENT_STATE_COUNT)
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, NULL, "there is no such event state");
    if (action == GW_EVENT_DO_FAIL && !STATES[from].is_final) {
        *ret = GW_EVENT_FAILED;
        return gw_ok();
    }
    for (size_t at = 0; at < MOVE_COUNT; at++) {
        if (MOVES[at].from != from || MOVES[at].action != action) continue;
        *ret = MOVES[at].to;
        return gw_ok();
    }
    return refuse(from, action, reterr);
}

bool gw_event_is_final(gw_event_state state) {
    return state < GW_EVENT_STATE_COUNT && STATES[state].is_final;
}

bool gw_event_takes_bids(gw_event_state state) { return state == GW_EVENT_PUBLISHED; }

bool gw_event_has_liability(gw_event_state state) {
    return state < GW_EVENT_STATE_COUNT && STATES[state].has_liability;
}

const char *gw_event_state_print(gw_event_state state) {
    return state < GW_EVENT_STATE_COUNT ? STATES[state].name : "UNKNOWN";
}

gw_status gw_event_state_parse(gw_text text, gw_event_state *ret, gw_fault *reterr) {
    for (int at = 0; at < GW_EVENT_STATE_COUNT; at++) {
        if (!gw_text_is(text, STATES[at].name)) continue;
        *ret = (gw_event_state)at;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "there is no event state \"%.*s\"",
                        GW_TEXT_ARGS(text));
}

const char *gw_event_action_print(gw_event_action action) {
    return action < GW_EVENT_ACTION_COUNT ? ACTIONS[action] : "unknown";
}
