/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers in the text formats of networks. Decimal, rounded correctly whatever the locale: the
 * digits go through the JSON library. Takes what engineers' tools write: ".5", "1.", "+3", "1D-3"
 * is not among it.
 */
#pragma once

#include "base/text.h"

/* False when the text is no finite number of at most 64 bytes; ret stays as it was. */
bool gw_number_parse(gw_text text, double *ret);
