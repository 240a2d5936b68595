/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of one journal segment: a 4 KiB header, then records, each padded to 8 bytes.
 * Everything is little-endian. This file only reads and writes memory; files are in journal.c.
 *
 * A record's checksum is seeded with the segment's salt and the record's number, so bytes of an
 * earlier life of a recycled file never validate. Every record also carries the number up to which
 * the journal was durable when it was appended: a hole below that number is damage, a hole above
 * it is a torn tail that nobody was promised.
 */
#pragma once

#include "base/instant.h"
#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GW_SEGMENT_HEADER_SIZE = 4096,
    GW_RECORD_HEADER_SIZE = 48,
    GW_RECORD_TOPIC_MOST = 512,
    GW_RECORD_PAYLOAD_MOST = 1024 * 1024,
};

/* What a record holds. The numbers are on disk: never change one. */
typedef enum gw_record_kind {
    GW_RECORD_MQTT = 1,    /* topic and payload of a PUBLISH */
    GW_RECORD_HTTP = 2,    /* topic = principal, payload = one request item or body */
    GW_RECORD_CONTROL = 3, /* the server's own facts: start, broker up, broker down */
    GW_RECORD_STORE = 4,   /* an oracle node's own state */
} gw_record_kind;

typedef struct gw_record {
    uint64_t lsn; /* 1, 2, 3, ... without gaps over the whole journal */
    gw_instant received_at;
    gw_record_kind kind;
    uint8_t flags;
    uint16_t source; /* meaning belongs to the writer of the kind */
    gw_text topic;
    gw_bytes payload;
} gw_record;

typedef struct gw_segment_header {
    uint64_t stream;  /* one journal directory's life */
    uint64_t number;  /* 1, 2, 3, ... */
    uint64_t first;   /* number of the first record in it */
    uint64_t durable; /* durable number when the segment was begun */
    uint64_t created_us;
} gw_segment_header;

/* Bytes on disk of a record with these lengths. */
size_t gw_record_size(size_t topic_length, size_t payload_length);

void gw_segment_header_write(const gw_segment_header *header, uint8_t out[GW_SEGMENT_HEADER_SIZE]);
GW_MUST_CHECK gw_status gw_segment_header_read(gw_bytes bytes, gw_segment_header *ret,
                                               gw_fault *reterr);

/* Writes the record; out has gw_record_size bytes. */
void gw_record_write(const gw_segment_header *header, const gw_record *record, uint64_t durable,
                     uint8_t *out);

/* Reads the record number lsn at the front of bytes. False: it is not there, whole and unharmed.
 * The slices of ret point into bytes; ret_size is what it takes on disk; ret_durable may be NULL.
 */
bool gw_record_read(const gw_segment_header *header, gw_bytes bytes, uint64_t lsn, gw_record *ret,
                    size_t *ret_size, uint64_t *ret_durable);

typedef struct gw_segment_scan {
    uint64_t next;           /* number that the record after the last good one would have */
    size_t end;              /* offset behind the last good record */
    size_t survivors_end;    /* offset behind the last valid record beyond a hole, else = end */
    uint64_t durable_beyond; /* highest durable number that a record beyond the hole carries */
    uint64_t durable_most;   /* the same over all records of the segment */
} gw_segment_scan;

/* Walks a whole segment's bytes (header included) and looks behind the end for survivors. */
void gw_segment_scan_bytes(const gw_segment_header *header, gw_bytes segment, gw_segment_scan *ret);
