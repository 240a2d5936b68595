/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/token_store.h"

#include <string.h>

static gw_status read_digest(gw_row *row, uint8_t out[GW_TOKEN_DIGEST], gw_fault *reterr) {
    gw_bytes digest = {0};
    gw_row_bytes(row, "digest", &digest);
    GW_TRY(gw_row_end(row, reterr));
    if (digest.length != GW_TOKEN_DIGEST) return gw_fail(reterr, GW_CODE_INTERNAL);
    memcpy(out, digest.at, GW_TOKEN_DIGEST);
    return gw_ok();
}

static gw_status read_token(gw_row *row, gw_token_row *ret, gw_fault *reterr) {
    gw_token_row token = {0};
    int64_t scopes = 0;
    gw_row_text(row, "id", &token.facts.id);
    gw_row_text(row, "name", &token.name);
    gw_row_int64(row, "scopes", &scopes);
    gw_row_text_or_empty(row, "party", &token.facts.party);
    gw_row_instant(row, "created_at", &token.created_at);
    token.facts.is_revoked = !gw_row_is_null(row, "revoked_at");
    if (!gw_row_is_null(row, "expires_at")) {
        gw_row_instant(row, "expires_at", &token.facts.expires_at);
    }
    GW_TRY(read_digest(row, token.facts.digest, reterr));
    token.facts.scopes = (unsigned)scopes;
    *ret = token;
    return gw_ok();
}

gw_status gw_token_save(gw_db *db, gw_arena *arena, const gw_token_row *token, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, token->facts.id);
    gw_bind_text(&args, token->name);
    gw_bind_bytes(&args, (gw_bytes){token->facts.digest, GW_TOKEN_DIGEST});
    gw_bind_int64(&args, token->facts.scopes);
    gw_bind_text_or_null(&args, token->facts.party);
    if (token->facts.expires_at.us == 0) gw_bind_null(&args);
    if (token->facts.expires_at.us != 0) gw_bind_instant(&args, token->facts.expires_at);
    return gw_db_exec(db, GW_QUERY_TOKEN_INSERT, &args, NULL, reterr);
}

gw_status gw_token_find(void *context, gw_arena *arena, gw_text id, gw_token_facts *ret,
                        gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_token_row token = {0};
    gw_args_init(&args, arena);
    gw_bind_text(&args, id);
    GW_TRY(gw_db_query_one(context, GW_QUERY_TOKEN_FIND, &args, &row, reterr));
    GW_TRY(read_token(&row, &token, reterr));
    *ret = token.facts;
    return gw_ok();
}

gw_status gw_token_load_all(gw_db *db, gw_arena *arena, gw_token_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_token_list list = {0};
    gw_args_init(&args, arena);
    GW_TRY(gw_db_query(db, GW_QUERY_TOKEN_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_token_row, (size_t)rows.count, &list.items, reterr));
    for (; list.count < rows.count; list.count++) {
        gw_row row = gw_rows_at(&rows, list.count);
        GW_TRY(read_token(&row, &list.items[list.count], reterr));
    }
    *ret = list;
    return gw_ok();
}

gw_status gw_token_revoke(gw_db *db, gw_arena *arena, gw_text id, gw_fault *reterr) {
    gw_args args;
    int64_t count = 0;
    gw_args_init(&args, arena);
    gw_bind_text(&args, id);
    GW_TRY(gw_db_exec(db, GW_QUERY_TOKEN_REVOKE, &args, &count, reterr));
    if (count == 1) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "token", "there is no such token in use");
}
