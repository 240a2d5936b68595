/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/idempotency_store.h"

#include <string.h>

static void bind_slot(gw_args *args, const gw_idempotency_slot *slot) {
    gw_bind_text(args, slot->owner);
    gw_bind_text(args, slot->operation);
    gw_bind_text(args, slot->key);
}

static gw_status find(void *context, gw_arena *arena, const gw_idempotency_slot *slot,
                      gw_idempotency_answer *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_bytes hash = {NULL, 0};
    gw_bytes body = {NULL, 0};
    int64_t http_status = 0;
    gw_idempotency_answer made = {.http_status = 0};
    gw_args_init(&args, arena);
    bind_slot(&args, slot);
    gw_bind_int64(&args, GW_IDEMPOTENCY_DAYS);
    GW_TRY(gw_db_query_one(context, GW_QUERY_IDEMPOTENCY_FIND, &args, &row, reterr));
    gw_row_bytes(&row, "body_hash", &hash);
    gw_row_int64(&row, "http_status", &http_status);
    gw_row_text(&row, "content_type", &made.content_type);
    gw_row_bytes(&row, "body", &body);
    GW_TRY(gw_row_end(&row, reterr));
    if (hash.length != sizeof made.body_hash) return gw_fail(reterr, GW_CODE_INTERNAL);
    memcpy(made.body_hash, hash.at, sizeof made.body_hash);
    made.http_status = (int)http_status;
    made.body = (gw_text){(const char *)body.at, body.length};
    *ret = made;
    return gw_ok();
}

static gw_status save(void *context, gw_arena *arena, const gw_idempotency_slot *slot,
                      const gw_idempotency_answer *answer, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    bind_slot(&args, slot);
    gw_bind_bytes(&args, (gw_bytes){answer->body_hash, sizeof answer->body_hash});
    gw_bind_int64(&args, answer->http_status);
    gw_bind_text(&args, answer->content_type);
    gw_bind_bytes(&args, (gw_bytes){(const uint8_t *)answer->body.at, answer->body.length});
    gw_bind_int64(&args, GW_IDEMPOTENCY_DAYS);
    return gw_db_exec(context, GW_QUERY_IDEMPOTENCY_SAVE, &args, NULL, reterr);
}

gw_idempotency_store gw_idempotency_store_of(gw_db *db) {
    return (gw_idempotency_store){.find = find, .save = save, .context = db};
}

gw_status gw_idempotency_forget(gw_db *db, gw_arena *arena, int64_t *ret_count, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, GW_IDEMPOTENCY_DAYS);
    return gw_db_exec(db, GW_QUERY_IDEMPOTENCY_FORGET, &args, ret_count, reterr);
}
