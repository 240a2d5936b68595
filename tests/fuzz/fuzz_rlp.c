/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/rlp.h"

#include <assert.h>
#include <string.h>

/* What the strict reader takes has one encoding: writing it again gives the same bytes. */
static void rewrite(gw_writer *out, gw_rlp_item item) {
    if (item.kind == GW_RLP_STRING) {
        gw_rlp_write_bytes(out, item.payload);
        return;
    }
    gw_writer members;
    gw_writer_init(&members, out->arena);
    while (item.payload.length > 0) {
        gw_rlp_item member;
        const gw_status read = gw_rlp_read(&item.payload, &member, NULL);
        assert(gw_is_ok(read));
        rewrite(&members, member);
    }
    gw_rlp_write_list(out, (gw_bytes){members.at, members.length});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_bytes bytes = {data, size};
    gw_rlp_item item;
    if (size > 4096 || !gw_is_ok(gw_rlp_check(bytes, NULL))) return 0;
    const gw_status read = gw_rlp_read_all(bytes, &item, NULL);
    assert(gw_is_ok(read));
    GW_AUTO_ARENA arena = gw_arena_open(16 << 20);
    gw_writer out;
    gw_writer_init(&out, arena);
    rewrite(&out, item);
    assert(out.failed || (out.length == size && memcmp(out.at, data, size) == 0));
    return 0;
}
