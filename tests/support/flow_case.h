/* SPDX-License-Identifier: Apache-2.0
 *
 * Solves a small network of a test and asserts that it is valid, solved and in balance: what the
 * sources feed in is what loads, shunts and losses take.
 */
#pragma once

#include "grid/flow_solve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static inline double flow_away(double left, double right) {
    return left > right ? left - right : right - left;
}

/* Relative to what flows, 1e-9. */
static inline void flow_assert_balance(const gw_net *net, const gw_flow_state *found) {
    double fed_w = 0;
    double most_w = 1;
    for (size_t at = 0; at < net->source_count; at++) {
        fed_w += found->source_va[at].re;
        most_w += gw_phasor_size(found->source_va[at]);
    }
    const double used_w = found->load_va.re + found->shunt_va.re + found->loss_w;
    if (!(flow_away(fed_w, used_w) <= 1e-9 * most_w + 1e-6))
        (void)fprintf(stderr, "fed %.9f W, used %.9f W\n", fed_w, used_w);
    assert_true(flow_away(fed_w, used_w) <= 1e-9 * most_w + 1e-6);
}

static inline gw_flow_state flow_solved(gw_arena *arena, const gw_net *net) {
    gw_fault fault = {0};
    gw_flow_outcome outcome = {.verdict = GW_FLOW_INFEASIBLE};
    gw_flow_state found = {0};
    gw_status status = gw_net_validate(arena, net, &fault);
    if (gw_is_ok(status))
        status = gw_flow_solve(arena, net, &(gw_flow_options){.tolerance_pu = 1e-12}, &outcome,
                               &found, &fault);
    if (!gw_is_ok(status)) (void)fprintf(stderr, "%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    assert_int_equal(outcome.verdict, GW_FLOW_SOLVED);
    flow_assert_balance(net, &found);
    return found;
}

/* The largest difference of node voltages. */
static inline double flow_voltages_away(const gw_net *net, const gw_flow_state *left,
                                        const gw_flow_state *right) {
    double most = 0;
    for (size_t at = 0; at < net->node_count * left->phases; at++) {
        const double size = gw_phasor_size(gw_phasor_subtract(left->node_v[at], right->node_v[at]));
        most = size > most ? size : most;
    }
    return most;
}
