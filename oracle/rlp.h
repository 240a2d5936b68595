/* SPDX-License-Identifier: Apache-2.0
 *
 * Recursive length prefix, the encoding of transactions. Writing goes through gw_writer; a list is
 * written from its already written members. Reading is strict (yellow paper, appendix B): no
 * leading zeros in lengths, shortest form only, nothing left over. Items are slices of the input.
 * Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"
#include "base/writer.h"
#include "oracle/word.h"

void gw_rlp_write_bytes(gw_writer *writer, gw_bytes bytes);
void gw_rlp_write_word(gw_writer *writer, gw_word number); /* shortest form, zero is 0x80 */
void gw_rlp_write_u64(gw_writer *writer, uint64_t number);
/* members: the concatenated encodings of the list's members. */
void gw_rlp_write_list(gw_writer *writer, gw_bytes members);

typedef enum gw_rlp_kind { GW_RLP_STRING, GW_RLP_LIST } gw_rlp_kind;

typedef struct gw_rlp_item {
    gw_rlp_kind kind;
    gw_bytes payload; /* the string, or the concatenated members of the list */
} gw_rlp_item;

/* Takes the first item off the front of rest. */
GW_MUST_CHECK gw_status gw_rlp_read(gw_bytes *rest, gw_rlp_item *ret, gw_fault *reterr);
/* The whole input is one item; members of lists are not looked at. */
GW_MUST_CHECK gw_status gw_rlp_read_all(gw_bytes bytes, gw_rlp_item *ret, gw_fault *reterr);
/* Typed readers for members; the wrong kind or form is GW_CODE_MALFORMED. */
GW_MUST_CHECK gw_status gw_rlp_read_string(gw_bytes *rest, gw_bytes *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_rlp_read_list(gw_bytes *rest, gw_bytes *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_rlp_read_word(gw_bytes *rest, gw_word *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_rlp_read_u64(gw_bytes *rest, uint64_t *ret, gw_fault *reterr);

enum { GW_RLP_DEEPEST = 64 };

/* Every item at every depth is well formed; deeper than GW_RLP_DEEPEST is refused. */
GW_MUST_CHECK gw_status gw_rlp_check(gw_bytes bytes, gw_fault *reterr);
