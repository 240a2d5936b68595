/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of JSON documents that carry networks: texts with their escapes and numbers with as many
 * digits as reading back the same number takes.
 */
#pragma once

#include "base/writer.h"

void gw_put_string(gw_writer *out, gw_text text);
/* A number that is not finite is written as null. */
void gw_put_number(gw_writer *out, double value);
