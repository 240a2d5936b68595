/* SPDX-License-Identifier: Apache-2.0
 *
 * MQTT topics: parsed and printed by one table (topic.def), so that what we send and what we read
 * cannot drift apart. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

typedef enum gw_topic_kind {
#define GW_TOPIC(symbol, template) GW_TOPIC_##symbol,
#include "server/mqtt/topic.def"
#undef GW_TOPIC
    GW_TOPIC_COUNT
} gw_topic_kind;

enum { GW_TOPIC_SIZE = 256, GW_TOPIC_REALM_MOST = 32 };

typedef struct gw_topic {
    gw_topic_kind kind;
    gw_text realm;      /* empty where the template has none */
    gw_text device;     /* same */
    gw_text aggregator; /* same */
} gw_topic;

/* The texts of ret point into the text. GW_CODE_MALFORMED for anything else. */
GW_MUST_CHECK gw_status gw_topic_parse(gw_text text, gw_topic *ret, gw_fault *reterr);

/* Prints a topic, NUL-terminated. "+" is allowed for device, which gives a filter.
 * GW_CODE_INVALID when a part is missing or not allowed. */
GW_MUST_CHECK gw_status gw_topic_print(const gw_topic *topic, char out[GW_TOPIC_SIZE],
                                       gw_fault *reterr);

bool gw_topic_is_realm(gw_text text);
