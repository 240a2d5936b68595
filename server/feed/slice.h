/* SPDX-License-Identifier: Apache-2.0
 *
 * Slices of JSON text, for numbers whose exact text matters: a JSON library would turn 5.4 into a
 * double. The text must be valid JSON already (checked by the JSON library before); on text that is
 * not, the functions find nothing, but read no byte outside it. Pure.
 */
#pragma once

#include "base/text.h"

/* The member's text of an object's text; false when there is none. The key is compared as written,
 * escapes are not resolved. */
bool gw_slice_member(gw_text object, const char *key, gw_text *ret);

/* Takes the members off an object's text one by one: start with rest = the whole object. */
bool gw_slice_entry(gw_text *rest, gw_text *ret_key, gw_text *ret);

/* Takes the items off an array's text one by one: start with rest = the whole array. */
bool gw_slice_item(gw_text *rest, gw_text *ret);

/* The inside of a string's text; escapes are not resolved. False when it is no string. */
bool gw_slice_string(gw_text text, gw_text *ret);
