/* SPDX-License-Identifier: Apache-2.0
 *
 * One function per vector file, for test_vectors.c.
 */
#pragma once

#include "tests/support/vectors.h"

void vector_hash(gw_vectors *vectors, const json_t *vector);
void vector_address(gw_vectors *vectors, const json_t *vector);
void vector_rlp(gw_vectors *vectors, const json_t *vector);
void vector_rlp_official(gw_vectors *vectors, const json_t *whole);
void vector_rlp_invalid(gw_vectors *vectors, const json_t *whole);
void vector_abi(gw_vectors *vectors, const json_t *vector);
void vector_abi_official(gw_vectors *vectors, const json_t *whole);
void vector_packed(gw_vectors *vectors, const json_t *vector);
void vector_typed_data(gw_vectors *vectors, const json_t *vector);
void vector_typed_data_mail(gw_vectors *vectors, const json_t *whole);
void vector_transaction(gw_vectors *vectors, const json_t *vector);
void vector_transaction_official(gw_vectors *vectors, const json_t *vector);
void vector_merkle(gw_vectors *vectors, const json_t *whole);
