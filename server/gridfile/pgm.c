/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/pgm.h"

gw_status gw_pgm_parse(gw_arena *arena, gw_bytes file, gw_net *ret, gw_fault *reterr) {
    (void)arena;
    (void)file;
    (void)ret;
    return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "", "the format is not read yet");
}

gw_status gw_pgm_write(const gw_net *net, gw_writer *out, gw_fault *reterr) {
    (void)net;
    (void)out;
    return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "", "the format is not written yet");
}
