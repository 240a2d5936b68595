/* SPDX-License-Identifier: Apache-2.0
 *
 * The version of the program, from CMakeLists.txt.
 */
#pragma once

#ifndef GW_VERSION
#define GW_VERSION "0.0.0"
#endif
#define GW_VERSION_TEXT GW_VERSION
