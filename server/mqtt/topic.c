/* SPDX-License-Identifier: Apache-2.0 */
#include "server/mqtt/topic.h"

#include <assert.h>
#include <string.h>

static const char *const templates[GW_TOPIC_COUNT] = {
#define GW_TOPIC(symbol, template) [GW_TOPIC_##symbol] = (template),
#include "server/mqtt/topic.def"
#undef GW_TOPIC
};

bool gw_topic_is_realm(gw_text text) {
    if (text.length == 0 || text.length > GW_TOPIC_REALM_MOST) return false;
    for (size_t at = 0; at < text.length; at++) {
        const char letter = text.at[at];
        const bool allowed =
            (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
        if (!allowed) return false;
    }
    return true;
}

/* Where a placeholder's text lives in the struct; NULL for a literal. */
static gw_text *place_of(gw_topic *topic, gw_text piece) {
    if (gw_text_is(piece, "<realm>")) return &topic->realm;
    if (gw_text_is(piece, "<device>")) return &topic->device;
    if (gw_text_is(piece, "<aggregator>")) return &topic->aggregator;
    return NULL;
}

static bool fits(gw_text piece, gw_text text) {
    return gw_text_is(piece, "<realm>") ? gw_topic_is_realm(text) : gw_text_is_name(text);
}

static bool match(const char *template, gw_text text, gw_topic *ret) {
    gw_text pattern = gw_text_from_c(template);
    gw_text rest = text;
    while (pattern.length > 0 && rest.length > 0) {
        const gw_text piece = gw_text_split(&pattern, '/');
        const gw_text part = gw_text_split(&rest, '/');
        gw_text *place = place_of(ret, piece);
        if (place == NULL && !gw_text_equal(piece, part)) return false;
        if (place != NULL && !fits(piece, part)) return false;
        if (place != NULL) *place = part;
    }
    return pattern.length == 0 && rest.length == 0 && text.at[text.length - 1] != '/';
}

gw_status gw_topic_parse(gw_text text, gw_topic *ret, gw_fault *reterr) {
    for (size_t kind = 0; text.length > 0 && kind < GW_TOPIC_COUNT; kind++) {
        gw_topic topic = {.kind = (gw_topic_kind)kind};
        if (!match(templates[kind], text, &topic)) continue;
        *ret = topic;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_MALFORMED, "topic", "\"%.*s\" is none of our topics",
                        GW_TEXT_ARGS(gw_text_part(text, 0, 100)));
}

typedef struct topic_out {
    char *at;
    size_t length;
} topic_out;

static bool put(topic_out *out, gw_text text) {
    if (out->length + text.length + 1 > GW_TOPIC_SIZE) return false;
    if (text.length > 0) memcpy(out->at + out->length, text.at, text.length);
    out->length += text.length;
    out->at[out->length] = '\0';
    return true;
}

gw_status gw_topic_print(const gw_topic *topic, char out[GW_TOPIC_SIZE], gw_fault *reterr) {
    assert((unsigned)topic->kind < GW_TOPIC_COUNT);
    gw_topic parts = *topic;
    gw_text pattern = gw_text_from_c(templates[topic->kind]);
    char text[GW_TOPIC_SIZE];
    topic_out written = {text, 0};
    while (pattern.length > 0) {
        const gw_text piece = gw_text_split(&pattern, '/');
        const gw_text *place = place_of(&parts, piece);
        const bool any = place == &parts.device && gw_text_is(*place, "+");
        const bool allowed = place == NULL || any || fits(piece, *place);
        const gw_text part = place == NULL ? piece : *place;
        if (!allowed || !put(&written, part) ||
            (pattern.length > 0 && !put(&written, GW_TEXT("/")))) {
            return gw_fail_with(reterr, GW_CODE_INVALID, "topic",
                                "\"%.*s\" cannot stand for %.*s in a topic",
                                GW_TEXT_ARGS(gw_text_part(part, 0, 64)), GW_TEXT_ARGS(piece));
        }
    }
    memcpy(out, text, written.length + 1);
    return gw_ok();
}
