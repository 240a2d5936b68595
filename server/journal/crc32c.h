/* SPDX-License-Identifier: Apache-2.0
 *
 * CRC-32C (Castagnoli, reflected 0x82F63B78), the checksum of journal records and segment headers.
 * It finds torn and flipped bytes; it is no protection against an attacker. Any thread.
 */
#pragma once

#include "base/text.h"

#include <stdint.h>

/* Continues from crc; start with 0. The value of "123456789" is 0xE3069283 (RFC 3720 §B.4). */
uint32_t gw_crc32c(uint32_t crc, gw_bytes bytes);
