/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/member.h"

#include "base/writer.h"

#include <string.h>

enum { READINGS_A_MESSAGE = 96, MINUTE_US = 60000000, GARBAGE_KINDS = 6 };

void gw_member_init(gw_member *member, const gw_fleet_plan *plan, const gw_fleet_device *device) {
    *member = (gw_member){
        .device = device, .boot = 1, .next_seq = 1, .metered_until = plan->history_from};
}

bool gw_member_is_online(const gw_member *member, gw_instant now) {
    const gw_fleet_device *device = member->device;
    if (device->behaviour != GW_BEHAVIOUR_OFFLINE) return true;
    return gw_instant_before(now, device->offline_from) ||
           !gw_instant_before(now, device->offline_to);
}

gw_house_limit gw_member_limit_at(const gw_member *member, gw_instant minute) {
    const gw_span delay = gw_span_seconds(60 * (int64_t)gw_house_delay_min(&member->device->house));
    for (int at = member->set_point_count - 1; at >= 0; at--) {
        const gw_set_point *set = &member->set_points[at];
        const gw_instant obeyed_from = gw_instant_plus(set->effective_at, delay);
        if (gw_instant_before(minute, obeyed_from)) continue;
        if (!gw_instant_before(minute, set->expires_at)) continue;
        return (gw_house_limit){.active = true, .limit_w = set->limit_w};
    }
    return (gw_house_limit){.active = false};
}

void gw_member_release(gw_member *member, const char *event_id, gw_instant at) {
    for (int i = 0; i < member->set_point_count; i++) {
        gw_set_point *set = &member->set_points[i];
        const bool is_longer = gw_instant_before(at, set->expires_at);
        if (is_longer && strcmp(set->event_id, event_id) == 0) set->expires_at = at;
    }
}

static const char *refusal(const gw_member *member, gw_set_point set_point, gw_instant now) {
    const gw_house *house = &member->device->house;
    const int64_t lowest_w = house->kind == GW_HOUSE_BATTERY ? -house->rating_w : 0;
    if (member->device->behaviour == GW_BEHAVIOUR_OPT_OUT) return "opted out";
    if (!gw_instant_before(now, set_point.expires_at)) return "expired";
    if (set_point.limit_w < lowest_w || set_point.limit_w > house->rating_w)
        return "outside the envelope";
    for (int at = 0; at < member->set_point_count; at++) {
        if (member->set_points[at].counter >= set_point.counter) return "stale counter";
    }
    return NULL;
}

bool gw_member_take_set_point(gw_member *member, gw_set_point set_point, gw_instant now,
                              const char **ret_reason) {
    *ret_reason = refusal(member, set_point, now);
    if (*ret_reason != NULL) return false;
    if (member->set_point_count == GW_MEMBER_SET_POINTS) {
        memmove(member->set_points, member->set_points + 1,
                sizeof(gw_set_point) * (GW_MEMBER_SET_POINTS - 1));
        member->set_point_count--;
    }
    member->set_points[member->set_point_count++] = set_point;
    return true;
}

static gw_status add_message(gw_member *member, gw_arena *arena, gw_member_message message,
                             gw_fault *reterr) {
    if (member->message_count == member->message_size) {
        const size_t size = member->message_size == 0 ? 64 : member->message_size * 2;
        gw_member_message *bigger = NULL;
        GW_TRY(GW_ARENA_NEW(arena, gw_member_message, size, &bigger, reterr));
        if (member->message_count > 0)
            memcpy(bigger, member->messages, sizeof(gw_member_message) * member->message_count);
        member->messages = bigger;
        member->message_size = size;
    }
    member->messages[member->message_count++] = message;
    return gw_ok();
}

gw_status gw_member_birth(gw_member *member, const gw_fleet_plan *plan, gw_arena *arena,
                          gw_fault *reterr) {
    gw_writer writer;
    gw_writer_init(&writer, arena);
    gw_write_format(&writer,
                    "{\"boot\":%lld,\"firmware\":\"fleet-1\",\"meter\":\"%.64s\","
                    "\"interval_s\":%lld,\"first_seq\":%lld}",
                    (long long)member->boot, member->device->meter, (long long)plan->interval_s,
                    (long long)member->next_seq);
    gw_member_message message = {.topic_leaf = "birth", .due = plan->history_from};
    GW_TRY(gw_writer_end_text(&writer, &message.payload, reterr));
    return add_message(member, arena, message, reterr);
}

typedef struct interval_energy {
    int64_t import_wh;
    int64_t export_wh;
    bool known;
} interval_energy;

static interval_energy simulate(gw_member *member, const gw_fleet_plan *plan, gw_instant start) {
    const int64_t minutes = plan->interval_s / 60;
    for (int64_t at = 0; at < minutes; at++) {
        const gw_instant minute = {start.us + at * MINUTE_US};
        const int32_t outdoor = gw_fleet_plan_temperature(plan, minute);
        const int64_t net_w = gw_house_power_w(&member->device->house, minute, outdoor,
                                               gw_member_limit_at(member, minute));
        if (net_w >= 0)
            member->import_rest += net_w;
        else
            member->export_rest -= net_w;
    }
    const interval_energy energy = {member->import_rest / 60, member->export_rest / 60, true};
    member->import_rest %= 60;
    member->export_rest %= 60;
    return energy;
}

static interval_energy measure(gw_member *member, const gw_fleet_plan *plan,
                               const gw_replay *replay, gw_instant start) {
    if (replay == NULL) return simulate(member, plan, start);
    interval_energy energy = {0};
    energy.known = gw_replay_find(replay, member->device->meter, start, &energy.import_wh);
    return energy;
}

static void write_reading(gw_writer *writer, const char *channel, gw_instant start, int64_t wh,
                          bool first) {
    char at[GW_INSTANT_TEXT_SIZE];
    gw_instant_print(start, at);
    gw_write_format(writer, "%s{\"channel\":\"%s\",\"start\":\"%s\",\"%s_wh\":%lld}",
                    first ? "" : ",", channel, at, channel, (long long)wh);
}

/* Meters up to a message full of intervals; the message is empty when the data set has gaps only.
 */
static gw_status meter_message(gw_member *member, const gw_fleet_plan *plan,
                               const gw_replay *replay, gw_arena *arena, gw_instant now,
                               gw_fault *reterr) {
    const bool has_export = member->device->house.kind == GW_HOUSE_PV;
    const gw_span interval = gw_span_seconds(plan->interval_s);
    gw_writer writer;
    int count = 0;
    gw_writer_init(&writer, arena);
    gw_write_format(&writer, "{\"boot\":%lld,\"seq\":%lld,\"readings\":[", (long long)member->boot,
                    (long long)member->next_seq);
    while (count + 2 <= READINGS_A_MESSAGE) {
        const gw_instant start = member->metered_until;
        const gw_instant end = gw_instant_plus(start, interval);
        if (gw_instant_before(now, end)) break;
        const interval_energy energy = measure(member, plan, replay, start);
        member->metered_until = end;
        if (!energy.known) continue;
        write_reading(&writer, "import", start, energy.import_wh, count == 0);
        count++;
        if (!has_export) continue;
        write_reading(&writer, "export", start, energy.export_wh, false);
        count++;
    }
    if (count == 0) return gw_ok();
    gw_write_c(&writer, "]}");
    gw_member_message message = {.topic_leaf = "m", .seq = member->next_seq, .due = now};
    GW_TRY(gw_writer_end_text(&writer, &message.payload, reterr));
    member->next_seq++;
    return add_message(member, arena, message, reterr);
}

/* One message of each kind that a gateway must refuse, in turn. */
static gw_status garbage_message(gw_member *member, gw_arena *arena, gw_instant now,
                                 gw_fault *reterr) {
    static const char *const bodies[GARBAGE_KINDS] = {
        "{\"boot\":1,\"seq\":",
        "{\"boot\":1,\"seq\":%lld,\"readings\":[],\"colour\":\"blue\"}",
        "{\"boot\":1,\"seq\":%lld,\"readings\":[{\"channel\":\"import\",\"start\":"
        "\"2026-01-20T12:00:00Z\",\"import_kwh\":1}]}",
        "{\"boot\":1,\"seq\":%lld,\"readings\":[{\"channel\":\"import\",\"start\":"
        "\"2126-01-20T12:00:00Z\",\"import_wh\":1}]}",
        "{\"boot\":1,\"seq\":%lld,\"readings\":[{\"channel\":\"import\",\"start\":"
        "\"1990-01-20T12:00:00Z\",\"import_wh\":1}]}",
        "{\"boot\":1,\"seq\":%lld,\"readings\":[{\"channel\":\"import\",\"start\":"
        "\"2026-01-20T12:00:00Z\",\"import_wh\":-5}]}",
    };
    const int64_t seq = member->next_seq++;
    const char *body = bodies[seq % GARBAGE_KINDS];
    const gw_text pattern = gw_text_from_c(body);
    const size_t at = gw_text_find(pattern, '%');
    gw_writer writer;
    gw_writer_init(&writer, arena);
    gw_write_text(&writer, gw_text_part(pattern, 0, at));
    if (at < pattern.length) {
        gw_write_format(&writer, "%lld", (long long)seq);
        gw_write_text(&writer, gw_text_part(pattern, at + 4, pattern.length));
    }
    gw_member_message message = {.topic_leaf = "m", .seq = 0, .due = now};
    GW_TRY(gw_writer_end_text(&writer, &message.payload, reterr));
    return add_message(member, arena, message, reterr);
}

static gw_status meter_garbage(gw_member *member, const gw_fleet_plan *plan, gw_arena *arena,
                               gw_instant now, gw_fault *reterr) {
    const gw_instant due =
        gw_instant_plus(member->metered_until, gw_span_seconds(plan->interval_s));
    if (gw_instant_before(now, due)) return gw_ok();
    member->metered_until = now;
    return garbage_message(member, arena, now, reterr);
}

gw_status gw_member_meter(gw_member *member, const gw_fleet_plan *plan, const gw_replay *replay,
                          gw_arena *arena, gw_instant now, gw_fault *reterr) {
    if (member->device->behaviour == GW_BEHAVIOUR_GARBAGE)
        return meter_garbage(member, plan, arena, now, reterr);
    const gw_span interval = gw_span_seconds(plan->interval_s);
    while (!gw_instant_before(now, gw_instant_plus(member->metered_until, interval)))
        GW_TRY(meter_message(member, plan, replay, arena, now, reterr));
    return gw_ok();
}

gw_status gw_member_opt_out(gw_member *member, gw_arena *arena, const char *event_id,
                            gw_set_point refused, gw_instant now, gw_fault *reterr) {
    char from[GW_INSTANT_TEXT_SIZE];
    char to[GW_INSTANT_TEXT_SIZE];
    gw_instant_print(refused.effective_at, from);
    gw_instant_print(refused.expires_at, to);
    gw_writer writer;
    gw_writer_init(&writer, arena);
    gw_write_format(&writer,
                    "{\"boot\":%lld,\"seq\":%lld,\"opt\":\"OUT\",\"event_id\":\"%.36s\","
                    "\"from\":\"%s\",\"to\":\"%s\"}",
                    (long long)member->boot, (long long)member->next_seq, event_id, from, to);
    gw_member_message message = {.topic_leaf = "opt", .seq = member->next_seq, .due = now};
    GW_TRY(gw_writer_end_text(&writer, &message.payload, reterr));
    member->next_seq++;
    return add_message(member, arena, message, reterr);
}

void gw_member_cover(gw_member *member, int64_t boot, int64_t hwm) {
    if (boot != member->boot || hwm >= member->next_seq) return;
    if (hwm > member->covered_seq) member->covered_seq = hwm;
}

bool gw_member_is_covered(const gw_member *member) {
    for (size_t at = member->first_open; at < member->message_count; at++) {
        const gw_member_message *message = &member->messages[at];
        if (message->seq > member->covered_seq) return false;
        if (message->seq == 0 && message->sent_ms == 0) return false;
    }
    return true;
}
