/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/geojson.h"

#include "grid/flow_solve.h"
#include "server/gridfile/gw_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

static const char *const file =
    "{\"format\":\"gw-net\",\"version\":1,\"name\":\"a \\\"map\\\"\",\"model\":\"balanced\","
    "\"nodes\":[{\"id\":\"a\",\"un_v\":400,\"lon\":11.4,\"lat\":53.6},"
    "{\"id\":\"b\",\"un_v\":400,\"lon\":11.5,\"lat\":53.7},{\"id\":\"c\",\"un_v\":400}],"
    "\"branches\":[{\"id\":\"L\",\"from\":\"a\",\"to\":\"b\",\"r1_ohm\":0.1,\"x1_ohm\":0.1,"
    "\"imax_a\":100},{\"id\":\"M\",\"from\":\"b\",\"to\":\"c\",\"r1_ohm\":0.1,\"x1_ohm\":0.1}],"
    "\"source\":{\"id\":\"S\",\"node\":\"a\",\"u_pu\":1},"
    "\"points\":[{\"id\":\"P\",\"node\":\"b\",\"p_w\":34641.016}]}";

static json_t *map_of(gw_arena *arena, const gw_geojson *map) {
    gw_writer out;
    gw_text text;
    gw_writer_init(&out, arena);
    gw_geojson_write(&out, map);
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, NULL)));
    json_t *made = json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(made);
    return made;
}

static const json_t *property(const json_t *map, size_t at, const char *key) {
    const json_t *feature = json_array_get(json_object_get(map, "features"), at);
    return json_object_get(json_object_get(feature, "properties"), key);
}

static void a_solved_network_becomes_a_map(void **state) {
    (void)state;
    gw_net net;
    gw_flow_outcome outcome;
    gw_flow_state solved;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_bytes bytes = {(const uint8_t *)file, strlen(file)};
    assert_true(gw_is_ok(gw_net_parse(arena, bytes, &net, &fault)));
    assert_true(
        gw_is_ok(gw_flow_solve(arena, &net, &(gw_flow_options){0}, &outcome, &solved, &fault)));
    static const char *const lights[] = {"yellow", "green"};
    const gw_geojson map = {.net = &net, .state = &solved, .branch_lights = lights};
    json_t *made = map_of(arena, &map);
    assert_int_equal(json_array_size(json_object_get(made, "features")), 3);
    assert_int_equal(json_integer_value(json_object_get(made, "left_out")), 2);
    assert_string_equal(json_string_value(property(made, 0, "coordinates")), "lon_lat");
    const double loading = json_number_value(property(made, 2, "loading"));
    assert_true(loading > 0.5 && loading < 0.6);
    assert_string_equal(json_string_value(property(made, 2, "light")), "yellow");
    json_decref(made);
}

static void without_a_state_there_are_places_only(void **state) {
    (void)state;
    gw_net net;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_bytes bytes = {(const uint8_t *)file, strlen(file)};
    assert_true(gw_is_ok(gw_net_parse(arena, bytes, &net, &fault)));
    const gw_geojson map = {.net = &net};
    json_t *made = map_of(arena, &map);
    assert_null(property(made, 0, "voltage_pu"));
    assert_null(property(made, 2, "light"));
    assert_true(json_is_true(property(made, 2, "closed")));
    json_decref(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_solved_network_becomes_a_map),
        cmocka_unit_test(without_a_state_there_are_places_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
