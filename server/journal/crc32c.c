/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/crc32c.h"

#include <stddef.h>
#include <string.h>

/* Half-byte table: small enough to stay in the cache beside the records. */
static const uint32_t nibbles[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};

static uint32_t by_table(uint32_t crc, gw_bytes bytes) {
    for (size_t at = 0; at < bytes.length; at++) {
        crc ^= bytes.at[at];
        crc = (crc >> 4) ^ nibbles[crc & 15U];
        crc = (crc >> 4) ^ nibbles[crc & 15U];
    }
    return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, gw_bytes bytes) {
    uint64_t wide = crc;
    size_t at = 0;
    for (; at + 8 <= bytes.length; at += 8) {
        unsigned long long word = 0;
        memcpy(&word, bytes.at + at, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    uint32_t narrow = (uint32_t)wide;
    for (; at < bytes.length; at++) narrow = __builtin_ia32_crc32qi(narrow, bytes.at[at]);
    return narrow;
}
#endif

uint32_t gw_crc32c(uint32_t crc, gw_bytes bytes) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("sse4.2")) return ~by_instruction(~crc, bytes);
#endif
    return ~by_table(~crc, bytes);
}
