/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is calling and what they may see. A bearer token is "gw_<id>_<secret>": id names the row,
 * only SHA-256 of the secret is stored, and it is compared in constant time. There is no default
 * token. A token of scope aggregator or oracle is bound to one party; it sees that party's things
 * only, and a foreign thing is answered as if it did not exist.
 */
#pragma once

#include "base/arena.h"
#include "base/instant.h"
#include "base/status.h"
#include "base/text.h"

enum { GW_TOKEN_DIGEST = 32 };

/* What the store knows about a token. */
typedef struct gw_token_facts {
    gw_text id;
    uint8_t digest[GW_TOKEN_DIGEST]; /* SHA-256 of the secret's characters */
    unsigned scopes;                 /* gw_scope bits */
    gw_text party;                   /* empty: not bound */
    gw_instant expires_at;           /* real time; us 0: never */
    bool is_revoked;
} gw_token_facts;

/* Finds a token by id in the arena's lifetime; GW_CODE_NOT_FOUND when there is none. */
typedef gw_status gw_token_finder(void *context, gw_arena *arena, gw_text id, gw_token_facts *ret,
                                  gw_fault *reterr);

typedef struct gw_identity {
    gw_text token_id; /* empty: nobody */
    unsigned scopes;
    gw_text party; /* empty: sees all parties (operator, reader) or none (ingest) */
} gw_identity;

typedef struct gw_token_store {
    gw_token_finder *find;
    void *context;
} gw_token_store;

/* Reads the Authorization header (may be empty). GW_CODE_UNAUTHENTICATED without saying which part
 * was wrong; GW_CODE_UNAVAILABLE when the store is away. now is real time. */
GW_MUST_CHECK gw_status gw_auth_identify(const gw_token_store *store, gw_arena *arena,
                                         gw_text header, gw_instant now, gw_identity *ret,
                                         gw_fault *reterr);
/* GW_CODE_FORBIDDEN unless the identity holds one of the scopes. */
GW_MUST_CHECK gw_status gw_auth_allow(const gw_identity *identity, unsigned scopes,
                                      gw_fault *reterr);

bool gw_auth_is(const gw_identity *identity, unsigned scopes); /* holds one of them */
/* Operator and reader see all; others only their own party. */
bool gw_auth_sees(const gw_identity *identity, gw_text party);
/* GW_CODE_NOT_FOUND, worded as for a missing thing, unless the identity sees the party. */
GW_MUST_CHECK gw_status gw_auth_own(const gw_identity *identity, gw_text party, gw_text thing,
                                    gw_fault *reterr);
/* For queries: the party to filter by; empty = all. */
gw_text gw_auth_filter(const gw_identity *identity);
