/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/judge_clearance.h"

#include "grid/flow_limit.h"
#include "grid/reading.h"
#include "oracle/keccak.h"
#include "server/gridfile/gw_net.h"
#include "server/gridfile/overlay.h"
#include "server/node/envelope.h"
#include "server/node/judgement.h"

#include <stdio.h>
#include <string.h>

/* One look at a clearance. A step that finds a reason not to sign sets the verdict; the next ones
 * are not taken then. */
typedef struct look {
    gw_arena *arena;
    const gw_core_clearance *core;
    const gw_judge_facts *facts;
    gw_judgement *ret;
    gw_net net;
} look;

static void say(look *at, gw_verdict verdict, const char *what, gw_text which) {
    at->ret->verdict = verdict;
    (void)snprintf(at->ret->detail, sizeof at->ret->detail, "%.160s%.*s", what,
                   GW_TEXT_ARGS(gw_text_part(which, 0, 80)));
}

static const gw_text nothing = {"", 0};

/* ---- for us, and in time ---- */

static gw_status look_at_frame(look *at, gw_fault *reterr) {
    const gw_core_clearance *core = at->core;
    const gw_instant now = at->facts->now;
    (void)reterr;
    if (!gw_judgement_is_for_us(&core->chain, core->realm, at->facts)) {
        say(at, GW_VERDICT_WRONG_SIGNER_SET, "chain, ledger, realm or signer set is not ours",
            nothing);
    } else if (gw_instant_before(gw_instant_plus(now, gw_span_seconds(GW_JUDGE_SKEW_S)),
                                 core->checked_at)) {
        say(at, GW_VERDICT_TOO_EARLY, "the check lies in the future", nothing);
    } else if (!gw_instant_before(now, core->sign_by) || !gw_instant_before(now, core->to)) {
        say(at, GW_VERDICT_TOO_LATE, "the time to sign is over, or the interval is", nothing);
    }
    return gw_ok();
}

/* ---- the network ---- */

static void look_at_pin(look *at) {
    switch (gw_network_stand(&at->facts->grid.pin, &at->core->network)) {
    case GW_NETWORK_OLDER:
        say(at, GW_VERDICT_STALE, "we have signed for a newer version of the network ",
            at->core->network.id);
        break;
    case GW_NETWORK_CHANGED:
        say(at, GW_VERDICT_NETWORK_CHANGED, "another hash, but no newer version of the network ",
            at->core->network.id);
        break;
    default: break;
    }
}

static gw_status build_net(gw_arena *arena, const gw_core_network *named, gw_bytes bytes,
                           gw_net *ret, gw_fault *reterr) {
    const size_t length = (size_t)named->document_bytes;
    const gw_text overlay = {(const char *)bytes.at + length, bytes.length - length};
    gw_net_overlay moved;
    GW_TRY(gw_net_parse(arena, (gw_bytes){bytes.at, length}, ret, reterr));
    GW_TRY(gw_net_overlay_parse(arena, overlay, &moved, reterr));
    return gw_net_overlay_apply(arena, &moved, ret, reterr);
}

static gw_status look_at_network(look *at, gw_fault *reterr) {
    const gw_core_network *named = &at->core->network;
    const gw_bytes bytes = at->facts->grid.network;
    gw_fault fault = {0};
    (void)reterr;
    look_at_pin(at);
    if (at->ret->verdict != GW_VERDICT_AGREES) return gw_ok();
    if (bytes.length == 0) {
        say(at, GW_VERDICT_NETWORK_UNKNOWN, "", at->facts->grid.refusal);
    } else if (!gw_word_equal(gw_keccak256(bytes), named->hash) ||
               (uint64_t)named->document_bytes >= bytes.length) {
        say(at, GW_VERDICT_NETWORK_UNKNOWN, "the network does not have the hash that is named",
            nothing);
    } else if (!gw_is_ok(build_net(at->arena, named, bytes, &at->net, &fault))) {
        say(at, GW_VERDICT_NETWORK_UNKNOWN,
            "the network cannot be read: ", gw_text_from_c(fault.message));
    } else if (at->net.point_count != at->core->bases[0].p_count) {
        say(at, GW_VERDICT_MALFORMED, "the bases do not have the points of the network", nothing);
    }
    return gw_ok();
}

/* ---- schedules ---- */

static const gw_core_clearance *find_schedule(const look *at, gw_uuid check_id) {
    for (size_t place = 0; place < at->facts->grid.schedule_count; place++) {
        const gw_core_clearance *earlier = &at->facts->grid.schedules[place];
        const bool is_same = gw_uuid_equal(earlier->check_id, check_id) &&
                             gw_text_equal(earlier->network.id, at->core->network.id) &&
                             earlier->from.us == at->core->from.us &&
                             earlier->to.us == at->core->to.us;
        if (is_same) return earlier;
    }
    return NULL;
}

typedef enum side { SELLER, BUYER } side;

static int64_t point_of(const gw_core_item *item, side which) {
    return which == SELLER ? item->seller_point : item->buyer_point;
}

static const gw_core_schedule *schedule_of(const gw_core_item *item, side which) {
    return which == SELLER ? &item->seller_schedule : &item->buyer_schedule;
}

/* What the named item of the earlier clearance lets this point inject (seller) or take (buyer). */
static int64_t scheduled_w(const gw_core_clearance *earlier, const gw_core_item *item, side which) {
    for (size_t at = 0; at < earlier->item_count; at++) {
        const gw_core_item *shown = &earlier->items[at];
        if (gw_text_equal(shown->id, schedule_of(item, which)->item_id))
            return shown->effect == GW_FLOW_ITEM_INCREMENTAL &&
                           point_of(shown, which) == point_of(item, which)
                       ? shown->accepted.w
                       : 0;
    }
    return 0;
}

/* What all items of this check take of that schedule. */
static int64_t claimed_w(const gw_core_clearance *core, const gw_core_item *like, side which) {
    const gw_core_schedule *wanted = schedule_of(like, which);
    int64_t sum_w = 0;
    for (size_t at = 0; at < core->item_count; at++) {
        const gw_core_schedule *here = schedule_of(&core->items[at], which);
        if (gw_uuid_equal(here->check_id, wanted->check_id) &&
            gw_text_equal(here->item_id, wanted->item_id))
            sum_w += core->items[at].accepted.w;
    }
    return sum_w;
}

static bool is_side_shown(const look *at, const gw_core_item *item, side which) {
    if (point_of(item, which) == GW_CORE_OUTSIDE) return true;
    const gw_core_clearance *earlier = find_schedule(at, schedule_of(item, which)->check_id);
    return earlier != NULL && claimed_w(at->core, item, which) <= scheduled_w(earlier, item, which);
}

static bool is_shown(const look *at, const gw_core_item *item) {
    return is_side_shown(at, item, SELLER) && is_side_shown(at, item, BUYER);
}

static gw_status look_at_schedules(look *at, gw_fault *reterr) {
    (void)reterr;
    for (size_t place = 0; place < at->core->item_count; place++) {
        const gw_core_item *item = &at->core->items[place];
        if (item->effect != GW_FLOW_ITEM_WITHIN_SCHEDULE || is_shown(at, item)) continue;
        say(at, GW_VERDICT_SCHEDULE_UNKNOWN, "no clearance that we signed shows the schedule of ",
            item->id);
        return gw_ok();
    }
    return gw_ok();
}

/* ---- readings and base ---- */

static gw_status compare_readings(look *at, gw_fault *reterr) {
    gw_proposed_reading *rows = NULL;
    const gw_core_clearance *core = at->core;
    GW_TRY(GW_ARENA_NEW(at->arena, gw_proposed_reading, core->reading_count + 1, &rows, reterr));
    for (size_t place = 0; place < core->reading_count; place++) {
        const gw_core_anchor *anchor = &core->readings[place];
        rows[place] = (gw_proposed_reading){
            .key = {anchor->meter, GW_CHANNEL_IMPORT, anchor->start},
            .as = GW_PROPOSED_READ,
            .version = {(uint64_t)anchor->boot, (uint64_t)anchor->seq},
            .energy_wh = anchor->wh,
            .quality = 'A',
        };
    }
    const gw_admission_question question = {
        .proposed = rows,
        .proposed_count = core->reading_count,
        .sightings = at->facts->sightings,
        .sighting_count = at->facts->sighting_count,
        .window_from = core->from,
        .window_to = core->from,
        .as_of = gw_instant_plus(core->checked_at, gw_span_seconds(-GW_JUDGE_GRACE_S))};
    return gw_admission_judge(&question, &at->ret->seen, reterr);
}

static void look_at_envelope(look *at, const gw_core_anchor *anchor) {
    const gw_core_clearance *core = at->core;
    const gw_envelope_question question = {.sightings = at->facts->sightings,
                                           .sighting_count = at->facts->sighting_count,
                                           .meter = anchor->meter,
                                           .until = core->checked_at,
                                           .interval_s = anchor->interval_s};
    const gw_envelope envelope = gw_envelope_of(&question);
    const gw_core_base *middle = &core->bases[core->base_count / 2];
    const gw_instant latest = gw_instant_plus(
        anchor->start, gw_span_seconds(anchor->interval_s * GW_JUDGE_LAG_INTERVALS));
    if (envelope.readings > 0 && gw_instant_before(latest, envelope.newest)) {
        say(at, GW_VERDICT_STALE, "the base leaves out newer readings of ", anchor->meter);
    } else if (!gw_envelope_holds(&envelope, middle->p_w[anchor->point] - anchor->held_w)) {
        say(at, GW_VERDICT_BASE_IMPLAUSIBLE, "the base lies beyond all that we saw of ",
            anchor->meter);
    }
}

static gw_status look_at_base(look *at, gw_fault *reterr) {
    GW_TRY(compare_readings(at, reterr));
    const size_t first = at->ret->seen.first_difference;
    const bool has_difference = first < at->core->reading_count;
    if (has_difference) {
        say(at, at->ret->seen.verdict, "the reading behind the base is another one with us: ",
            at->core->readings[first].meter);
        return gw_ok();
    }
    for (size_t place = 0; place < at->core->reading_count; place++) {
        look_at_envelope(at, &at->core->readings[place]);
        if (at->ret->verdict != GW_VERDICT_AGREES) return gw_ok();
    }
    return gw_ok();
}

/* ---- the grid ---- */

static void say_finding(look *at, const gw_flow_check_finding *finding) {
    const bool has_item = finding->item < at->core->item_count;
    const gw_text item = has_item ? at->core->items[finding->item].id : nothing;
    switch (finding->doubt) {
    case GW_FLOW_DOUBT_AMOUNT:
        say(at, GW_VERDICT_CURTAILMENT_UNJUST, "not 0 to what was requested: ", item);
        break;
    case GW_FLOW_DOUBT_LIMIT:
        say(at, GW_VERDICT_GRID_LIMIT_EXCEEDED, "our own power flow breaks ", finding->limit);
        break;
    case GW_FLOW_DOUBT_CUT:
        say(at, GW_VERDICT_CURTAILMENT_UNJUST, "cut although the grid bears all of it: ", item);
        break;
    default: break;
    }
}

/* Never less than the usual kinds, whatever the proposer looked at. */
static unsigned kinds_of(const gw_core_clearance *core) {
    const unsigned all = (1U << GW_LIMIT_KINDS) - 1U;
    const unsigned usual = all & ~(1U << GW_LIMIT_VOLTAGE_RISE);
    return core->limit_kinds == 0 ? 0 : ((unsigned)core->limit_kinds & all) | usual;
}

static gw_status look_at_grid(look *at, gw_fault *reterr) {
    gw_flow_check_question question = {0};
    gw_flow_check_finding finding = {0};
    int64_t *accepted_w = NULL;
    if (at->core->margin_ppm > GW_JUDGE_MARGIN_MOST_PPM) {
        say(at, GW_VERDICT_CURTAILMENT_UNJUST, "the margin is larger than any flow needs", nothing);
        return gw_ok();
    }
    GW_TRY(gw_core_clearance_question(at->arena, at->core, &question, &accepted_w, reterr));
    question.net = &at->net;
    question.limit_kinds = kinds_of(at->core);
    question.margin_ppm = at->core->margin_ppm < 2 * GW_JUDGE_MARGIN_PPM ? at->core->margin_ppm / 2
                                                                         : GW_JUDGE_MARGIN_PPM;
    GW_TRY(gw_flow_check_verify(at->arena, &question, accepted_w,
                                at->core->margin_ppm + GW_JUDGE_SLACK_PPM, &finding, reterr));
    say_finding(at, &finding);
    return gw_ok();
}

static void describe(const gw_core_clearance *core, gw_bytes bytes, const gw_judge_facts *facts,
                     gw_judgement *ret) {
    const gw_clearance statement = gw_core_clearance_statement(core, bytes);
    ret->record.slot = (gw_vote_slot){
        .kind = GW_TASK_CLEARANCE, .subject = core->check_id, .epoch = statement.epoch};
    ret->record.digest = gw_clearance_digest(&facts->domain, &statement);
    ret->root = core->items_root;
    ret->verdict = GW_VERDICT_AGREES;
}

gw_status gw_judge_clearance(gw_arena *arena, gw_bytes core, const gw_judge_facts *facts,
                             gw_judgement *ret, gw_fault *reterr) {
    typedef gw_status step(look *, gw_fault *);
    static step *const STEPS[] = {look_at_frame, look_at_network, look_at_schedules, look_at_base,
                                  look_at_grid};
    gw_core_clearance clearance = {0};
    GW_TRY(gw_core_check_clearance(arena, core, &clearance, reterr));
    look at = {.arena = arena, .core = &clearance, .facts = facts, .ret = ret};
    describe(&clearance, core, facts, ret);
    for (size_t place = 0; place < sizeof STEPS / sizeof STEPS[0]; place++) {
        GW_TRY(STEPS[place](&at, reterr));
        if (ret->verdict != GW_VERDICT_AGREES) return gw_ok();
    }
    (void)snprintf(ret->detail, sizeof ret->detail,
                   "our own flow keeps every limit; of %zu readings behind the base %zu are equal "
                   "to our own, %zu we did not see",
                   ret->seen.proposed, ret->seen.equal, ret->seen.unseen);
    return gw_ok();
}
