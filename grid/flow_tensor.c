/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_tensor.h"

enum { ORDER = 3 };

gw_tensor gw_tensor_of_coupling(const gw_coupling *coupling) {
    gw_tensor made;
    for (int row = 0; row < ORDER; row++)
        for (int column = 0; column < ORDER; column++)
            made.at[row][column] =
                row == column ? gw_phasor_add(coupling->own, coupling->mutual) : coupling->mutual;
    return made;
}

/* A circulant: the sum of three phasors turned forth and back again. */
gw_tensor gw_tensor_of_sequences(const gw_sequences *factors) {
    const gw_triple first = gw_triple_of(factors);
    gw_tensor made;
    for (int row = 0; row < ORDER; row++)
        for (int column = 0; column < ORDER; column++)
            made.at[row][column] =
                gw_phasor_scale(first.at[(row - column + ORDER) % ORDER], 1.0 / ORDER);
    return made;
}

gw_tensor gw_tensor_of_triangle(const double re[6], const double im[6], double factor) {
    gw_tensor made;
    size_t at = 0;
    for (int row = 0; row < ORDER; row++)
        for (int column = 0; column <= row; column++, at++)
            made.at[row][column] = made.at[column][row] =
                (gw_phasor){re[at] * factor, im[at] * factor};
    return made;
}

gw_triple gw_tensor_apply(const gw_tensor *it, const gw_triple *to) {
    gw_triple made;
    for (int row = 0; row < ORDER; row++)
        made.at[row] = gw_phasor_add(gw_phasor_add(gw_phasor_multiply(it->at[row][0], to->at[0]),
                                                   gw_phasor_multiply(it->at[row][1], to->at[1])),
                                     gw_phasor_multiply(it->at[row][2], to->at[2]));
    return made;
}

gw_tensor gw_tensor_multiply(const gw_tensor *left, const gw_tensor *right) {
    gw_tensor made;
    for (int column = 0; column < ORDER; column++) {
        const gw_triple from = {{right->at[0][column], right->at[1][column], right->at[2][column]}};
        const gw_triple to = gw_tensor_apply(left, &from);
        for (int row = 0; row < ORDER; row++) made.at[row][column] = to.at[row];
    }
    return made;
}

gw_tensor gw_tensor_add(const gw_tensor *left, const gw_tensor *right) {
    gw_tensor made;
    for (int row = 0; row < ORDER; row++)
        for (int column = 0; column < ORDER; column++)
            made.at[row][column] = gw_phasor_add(left->at[row][column], right->at[row][column]);
    return made;
}

gw_tensor gw_tensor_subtract(const gw_tensor *left, const gw_tensor *right) {
    gw_tensor made;
    for (int row = 0; row < ORDER; row++)
        for (int column = 0; column < ORDER; column++)
            made.at[row][column] =
                gw_phasor_subtract(left->at[row][column], right->at[row][column]);
    return made;
}

gw_tensor gw_tensor_adjoint(const gw_tensor *it) {
    gw_tensor made;
    for (int row = 0; row < ORDER; row++)
        for (int column = 0; column < ORDER; column++)
            made.at[row][column] = gw_phasor_conjugate(it->at[column][row]);
    return made;
}

static gw_phasor cofactor(const gw_tensor *it, int row, int column) {
    const int down = (row + 1) % ORDER;
    const int further = (row + 2) % ORDER;
    const int right = (column + 1) % ORDER;
    const int beyond = (column + 2) % ORDER;
    return gw_phasor_subtract(gw_phasor_multiply(it->at[down][right], it->at[further][beyond]),
                              gw_phasor_multiply(it->at[down][beyond], it->at[further][right]));
}

gw_tensor gw_tensor_invert(const gw_tensor *it) {
    const gw_phasor one = {1, 0};
    gw_phasor determinant = {0, 0};
    gw_tensor made;
    for (int column = 0; column < ORDER; column++)
        determinant = gw_phasor_add(determinant,
                                    gw_phasor_multiply(it->at[0][column], cofactor(it, 0, column)));
    const gw_phasor scale = gw_phasor_divide(one, determinant);
    for (int row = 0; row < ORDER; row++)
        for (int column = 0; column < ORDER; column++)
            made.at[column][row] = gw_phasor_multiply(cofactor(it, row, column), scale);
    return made;
}

double gw_tensor_size(const gw_tensor *it) {
    double largest = 0;
    for (int row = 0; row < ORDER; row++)
        for (int column = 0; column < ORDER; column++) {
            const double square = gw_phasor_square(it->at[row][column]);
            largest = square > largest ? square : largest;
        }
    return __builtin_sqrt(largest);
}

gw_triple gw_triple_add(const gw_triple *left, const gw_triple *right) {
    gw_triple sum;
    for (int phase = 0; phase < ORDER; phase++)
        sum.at[phase] = gw_phasor_add(left->at[phase], right->at[phase]);
    return sum;
}

gw_triple gw_triple_subtract(const gw_triple *left, const gw_triple *right) {
    gw_triple rest;
    for (int phase = 0; phase < ORDER; phase++)
        rest.at[phase] = gw_phasor_subtract(left->at[phase], right->at[phase]);
    return rest;
}
