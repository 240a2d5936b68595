/* SPDX-License-Identifier: Apache-2.0
 *
 * What the loader writes and asks: sql/queries/ingest.sql. Everything is set-based: one statement
 * per kind and batch. Functions that take a tx belong into one transaction.
 */
#pragma once

#include "server/db/pool.h"
#include "server/flow/versions.h"
#include "server/ingest/coverage.h"

/* 0 when the stream is not known yet. Locks the cursor. */
GW_MUST_CHECK gw_status gw_ingest_cursor_find(gw_db *db, gw_arena *arena, uint64_t stream,
                                              uint64_t *ret_lsn, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_ingest_cursor_move(gw_db *tx, gw_arena *arena, uint64_t stream,
                                              uint64_t lsn, gw_fault *reterr);

/* Makes the partitions of the candidates' UTC days; sorted candidates. */
GW_MUST_CHECK gw_status gw_ingest_partitions(gw_db *db, gw_arena *arena,
                                             const gw_candidate *candidates, size_t count,
                                             gw_fault *reterr);
/* COPY of those that are new or corrections. */
GW_MUST_CHECK gw_status gw_ingest_readings_copy(gw_db *tx, gw_arena *arena,
                                                const gw_candidate *candidates, size_t count,
                                                gw_fault *reterr);
/* Parallel to the candidates. */
GW_MUST_CHECK gw_status gw_ingest_readings_known(gw_db *db, gw_arena *arena,
                                                 const gw_candidate *candidates, size_t count,
                                                 gw_known_reading **ret, gw_fault *reterr);

enum { GW_DIGEST_SIZE = 32 };

typedef struct gw_device_message {
    gw_text device;
    int64_t boot;
    int64_t seq;
    uint8_t digest[GW_DIGEST_SIZE]; /* SHA-256 of the payload */
    uint64_t lsn;
    gw_instant received_at;
    bool is_known;                        /* result of _known */
    uint8_t known_digest[GW_DIGEST_SIZE]; /* same */
} gw_device_message;

GW_MUST_CHECK gw_status gw_ingest_messages_known(gw_db *db, gw_arena *arena,
                                                 gw_device_message *messages, size_t count,
                                                 gw_fault *reterr);
/* Those with is_known false; each key once. */
GW_MUST_CHECK gw_status gw_ingest_messages_copy(gw_db *tx, gw_arena *arena,
                                                const gw_device_message *messages, size_t count,
                                                gw_fault *reterr);

/* What the register says about devices and meters. */
typedef struct gw_registered_device {
    gw_text device;
    gw_text meter;
} gw_registered_device;
typedef struct gw_registered_meter {
    gw_text meter;
    int64_t interval_s;
    gw_power connection;
} gw_registered_meter;
typedef struct gw_registered {
    gw_registered_device *devices; /* ascending by device */
    size_t device_count;
    gw_registered_meter *meters; /* ascending by meter; also those of the devices */
    size_t meter_count;
} gw_registered;

typedef struct gw_names {
    const gw_text *items; /* may repeat */
    size_t count;
} gw_names;
GW_MUST_CHECK gw_status gw_ingest_registered(gw_db *db, gw_arena *arena, gw_names devices,
                                             gw_names meters, gw_registered *ret, gw_fault *reterr);
const gw_registered_device *gw_registered_device_find(const gw_registered *all, gw_text device);
const gw_registered_meter *gw_registered_meter_find(const gw_registered *all, gw_text meter);

typedef struct gw_dead_letter {
    uint64_t lsn;
    int64_t part;
    gw_instant received_at;
    const char *source; /* "mqtt" or "http" */
    gw_text topic;
    gw_text device;
    gw_code code;
    const char *subject;
    const char *detail;
    gw_bytes raw;
} gw_dead_letter;
GW_MUST_CHECK gw_status gw_ingest_dead_letter(gw_db *tx, gw_arena *arena,
                                              const gw_dead_letter *letter, gw_fault *reterr);

typedef struct gw_boot_row {
    gw_text device;
    int64_t boot;
    gw_coverage coverage;
} gw_boot_row;
typedef struct gw_boot_list {
    gw_boot_row *items;
    size_t count;
} gw_boot_list;
GW_MUST_CHECK gw_status gw_ingest_boots_load(gw_db *db, gw_arena *arena, gw_boot_list *ret,
                                             gw_fault *reterr);
GW_MUST_CHECK gw_status gw_ingest_boots_save(gw_db *tx, gw_arena *arena, const gw_boot_list *boots,
                                             gw_fault *reterr);

typedef struct gw_device_sign { /* of life */
    gw_text device;
    gw_instant seen_at;
    int64_t boot;
    bool is_online;
} gw_device_sign;
/* Each device once. */
GW_MUST_CHECK gw_status gw_ingest_devices_seen(gw_db *tx, gw_arena *arena,
                                               const gw_device_sign *signs, size_t count,
                                               gw_fault *reterr);
