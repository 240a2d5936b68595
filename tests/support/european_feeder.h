/* SPDX-License-Identifier: Apache-2.0
 *
 * The IEEE European LV feeder of the tests: network, load profiles of a day, its three-phase flow.
 * Everything stops the test when it goes wrong.
 */
#pragma once

#include "grid/flow_three_phase.h"
#include "tests/support/grid_data.h"

enum { MINUTES = 1440, LOADS = 55 };
#define FEEDER "minimal/ieee_european_lv_0566.net.json"
#define FOLDER "ieee_european_lv/"

static const double root_3 = 1.7320508075688772935;

typedef struct feeder {
    gw_arena *arena;
    gw_net net;
    gw_flow_three_phase *flow;
    gw_flow_state state;
    grid_table profiles;
    double tangent; /* of the power factor 0.95 */
} feeder;

double away(double left, double right);
void assert_near(const char *what, double got, double wanted, double tolerance);
void open_feeder(feeder *it);
/* Load n follows profile n; minutes count from 1. */
void load_minute(feeder *it, size_t minute);
void solve_feeder(feeder *it);
uint32_t node_named(const gw_net *net, gw_text id);
/* Voltage of "899.2" in volts against earth. */
double volts(const feeder *it, gw_text node_phase);
