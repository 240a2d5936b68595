/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_triple.h"

static const double half_root_3 = 0.86602540378443864676;

/* The sum of three, the second and third turned by 120 degrees: ahead and back, or back and ahead.
 */
static gw_phasor sum_turned(gw_phasor first, gw_phasor ahead, gw_phasor back) {
    const double re = ahead.re + back.re;
    const double im = ahead.im + back.im;
    return (gw_phasor){first.re - 0.5 * re - half_root_3 * (ahead.im - back.im),
                       first.im - 0.5 * im + half_root_3 * (ahead.re - back.re)};
}

gw_sequences gw_sequences_of(const gw_triple *phases) {
    const gw_phasor a = phases->at[0];
    const gw_phasor b = phases->at[1];
    const gw_phasor c = phases->at[2];
    return (gw_sequences){.zero = gw_phasor_scale(gw_phasor_add(gw_phasor_add(a, b), c), 1.0 / 3),
                          .positive = gw_phasor_scale(sum_turned(a, b, c), 1.0 / 3),
                          .negative = gw_phasor_scale(sum_turned(a, c, b), 1.0 / 3)};
}

gw_triple gw_triple_of(const gw_sequences *sequences) {
    return (gw_triple){
        {gw_phasor_add(gw_phasor_add(sequences->zero, sequences->positive), sequences->negative),
         sum_turned(sequences->zero, sequences->negative, sequences->positive),
         sum_turned(sequences->zero, sequences->positive, sequences->negative)}};
}

gw_triple gw_coupling_apply(const gw_coupling *coupling, const gw_triple *to) {
    gw_triple made;
    const gw_phasor sum = gw_phasor_add(gw_phasor_add(to->at[0], to->at[1]), to->at[2]);
    const gw_phasor common = gw_phasor_multiply(coupling->mutual, sum);
    for (int phase = 0; phase < 3; phase++)
        made.at[phase] = gw_phasor_add(gw_phasor_multiply(coupling->own, to->at[phase]), common);
    return made;
}
