/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/offer.h"

#include "base/text.h"

#include <jansson.h>
#include <string.h>

enum { OFFERS_MOST = 32, DEVICES_MOST = 2000 };

static void json_drop(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t *

static gw_status get_text(gw_arena *arena, const json_t *object, const char *field,
                          const char **ret, gw_fault *reterr) {
    const char *value = json_string_value(json_object_get(object, field));
    if (value == NULL)
        return gw_fail_with(reterr, GW_CODE_INVALID, field, "the text \"%s\" is missing", field);
    return gw_text_to_c(arena, gw_text_from_c(value), ret, reterr);
}

static gw_status get_number(const json_t *object, const char *field, int64_t *ret,
                            gw_fault *reterr) {
    const json_t *value = json_object_get(object, field);
    if (!json_is_integer(value))
        return gw_fail_with(reterr, GW_CODE_INVALID, field, "the integer \"%s\" is missing", field);
    *ret = json_integer_value(value);
    return gw_ok();
}

static gw_status get_devices(gw_arena *arena, const json_t *list, gw_offer *offer,
                             gw_fault *reterr) {
    const size_t count = json_array_size(list);
    if (count > DEVICES_MOST) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    gw_offer_device *devices = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_offer_device, count, &devices, reterr));
    for (size_t at = 0; at < count; at++) {
        const json_t *item = json_array_get(list, at);
        GW_TRY(get_text(arena, item, "id", &devices[at].id, reterr));
        GW_TRY(get_number(item, "rating_w", &devices[at].rating_w, reterr));
        devices[at].is_battery = json_is_true(json_object_get(item, "is_battery"));
    }
    offer->devices = devices;
    offer->device_count = count;
    return gw_ok();
}

static gw_status get_offers(gw_arena *arena, const json_t *list, gw_offer_book *book,
                            gw_fault *reterr) {
    const size_t count = json_array_size(list);
    if (count > OFFERS_MOST) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    gw_offer *offers = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_offer, count, &offers, reterr));
    for (size_t at = 0; at < count; at++) {
        const json_t *item = json_array_get(list, at);
        gw_offer *offer = &offers[at];
        GW_TRY(get_text(arena, item, "group", &offer->group, reterr));
        GW_TRY(get_number(item, "price_micros_per_kwh", &offer->price_micros_per_kwh, reterr));
        GW_TRY(get_number(item, "min_activation_pct", &offer->min_activation_pct, reterr));
        GW_TRY(get_number(item, "power_w", &offer->power_w, reterr));
        GW_TRY(get_devices(arena, json_object_get(item, "devices"), offer, reterr));
    }
    book->offers = offers;
    book->offer_count = count;
    return gw_ok();
}

gw_status gw_offer_book_load(gw_arena *arena, const char *path, gw_offer_book *ret,
                             gw_fault *reterr) {
    json_error_t error;
    AUTO_JSON root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, path, "line %d: %s", error.line, error.text);
    gw_offer_book book = {0};
    GW_TRY(get_text(arena, root, "name", &book.name, reterr));
    GW_TRY(get_text(arena, root, "gateway_url", &book.gateway_url, reterr));
    GW_TRY(get_text(arena, root, "token_file", &book.token_file, reterr));
    GW_TRY(get_text(arena, root, "conductor_url", &book.conductor_url, reterr));
    GW_TRY(get_text(arena, root, "broker_url", &book.broker_url, reterr));
    GW_TRY(get_text(arena, root, "keys_dir", &book.keys_dir, reterr));
    GW_TRY(get_offers(arena, json_object_get(root, "offers"), &book, reterr));
    *ret = book;
    return gw_ok();
}

const gw_offer *gw_offer_find(const gw_offer_book *book, const char *group) {
    for (size_t at = 0; at < book->offer_count; at++) {
        if (strcmp(book->offers[at].group, group) == 0) return &book->offers[at];
    }
    return NULL;
}
