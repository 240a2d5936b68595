/* SPDX-License-Identifier: Apache-2.0
 *
 * One entry of a list in a network file: typed getters, the first fault is kept with its JSON
 * pointer. Texts are copied into the arena. Numbers are floating point here because
 * grid/flow_network.h is; nothing is calculated.
 */
#pragma once

#include "base/arena.h"
#include "grid/flow_network.h"

#include <jansson.h>

typedef struct gw_item {
    gw_arena *arena;
    json_t *object; /* owned; NULL after a fault */
    const char *list;
    size_t at;
    gw_status status;
    gw_fault *reterr;
} gw_item;

/* Parses the text of one entry; `item` holds the other fields. Pair with gw_item_close. */
void gw_item_open(gw_item *item, gw_text text);
/* The first fault, or all was well; gives the JSON back. */
GW_MUST_CHECK gw_status gw_item_close(gw_item *item);

bool gw_item_has(const gw_item *item, const char *key);
/* 1 to 128 bytes; an integer is taken as its digits. */
gw_text gw_item_text(gw_item *item, const char *key);
/* JSON knows no number that is not finite. */
double gw_item_number(gw_item *item, const char *key);
double gw_item_number_or(gw_item *item, const char *key, double otherwise);
bool gw_item_flag(gw_item *item, const char *key, bool otherwise);
/* Place of the text of `key` among `count` words; word 0 when absent. */
size_t gw_item_word(gw_item *item, const char *key, const char *const words[], size_t count);
uint32_t gw_item_node(gw_item *item, const char *key, const gw_net_index *nodes);
/* Notes the first fault only. */
void gw_item_blame(gw_item *item, const char *key, const char *what);
