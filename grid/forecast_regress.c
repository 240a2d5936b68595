/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_regress.h"

#include <assert.h>

gw_regress gw_regress_init(size_t inputs, double forgetting, double doubt) {
    assert(inputs > 0 && inputs <= GW_REGRESS_MOST);
    gw_regress made = {.inputs = inputs, .forgetting = forgetting};
    for (size_t at = 0; at < inputs; at++) made.covariance[at][at] = doubt;
    return made;
}

double gw_regress_predict(const gw_regress *regress, const double *inputs) {
    double sum = 0;
    for (size_t at = 0; at < regress->inputs; at++) sum += regress->theta[at] * inputs[at];
    return sum;
}

/* Inputs that do not move say nothing; forgetting would then let the covariance grow for ever. */
static double spread(const gw_regress *regress, const double *inputs, double *ret_gain) {
    double all = 0;
    for (size_t row = 0; row < regress->inputs; row++) {
        ret_gain[row] = 0;
        for (size_t column = 0; column < regress->inputs; column++)
            ret_gain[row] += regress->covariance[row][column] * inputs[column];
        all += inputs[row] * ret_gain[row];
    }
    return all;
}

void gw_regress_update(gw_regress *regress, const double *inputs, double observed) {
    double gain[GW_REGRESS_MOST];
    const double all = spread(regress, inputs, gain);
    if (!(all > 0)) return;
    const double error = observed - gw_regress_predict(regress, inputs);
    const double scale = 1 / (regress->forgetting + all);
    for (size_t row = 0; row < regress->inputs; row++) {
        regress->theta[row] += gain[row] * scale * error;
        for (size_t column = 0; column < regress->inputs; column++)
            regress->covariance[row][column] =
                (regress->covariance[row][column] - gain[row] * scale * gain[column]) /
                regress->forgetting;
    }
    regress->count++;
}
