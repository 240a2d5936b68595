/* SPDX-License-Identifier: Apache-2.0
 *
 * Recursive least squares with forgetting: fits y = sum of theta_i * x_i one observation at a time;
 * an observation k steps old weighs forgetting^k. The inside of the weather corrections only, whose
 * results are quantised to W; floating point in fixed order. Plain data: copy it to keep it. Pure.
 * Ref: Ljung, "System Identification", 2nd ed., 1999, §11.2; forgetting 0.99: reference "grid"
 * §6.2.
 */
#pragma once

#include <stddef.h>

enum { GW_REGRESS_MOST = 4 };
#define GW_REGRESS_FORGETTING 0.99

typedef struct gw_regress {
    size_t inputs; /* 1..GW_REGRESS_MOST */
    size_t count;  /* observations so far */
    double forgetting;
    double theta[GW_REGRESS_MOST];
    double covariance[GW_REGRESS_MOST][GW_REGRESS_MOST]; /* times the noise, unknown */
} gw_regress;

/* theta is 0; `doubt` is the variance of each theta before the first observation. */
gw_regress gw_regress_init(size_t inputs, double forgetting, double doubt);
double gw_regress_predict(const gw_regress *regress, const double *inputs);
void gw_regress_update(gw_regress *regress, const double *inputs, double observed);
