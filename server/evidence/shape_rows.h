/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of the tables in which the forms of the cores are written. Internal to the files
 * *_shape.c of server/evidence.
 */
#pragma once

#include "server/evidence/shape.h"

/* One row per field: its key is its place in canonical JSON, so rows ascend by key. */
#define GW_ONE(kind_, key_, type, member)                                                          \
    { .key = (key_), .kind = GW_FIELD_##kind_, .offset = offsetof(type, member) }
#define GW_WORD(key_, type, member, names_)                                                        \
    {                                                                                              \
        .key = (key_), .kind = GW_FIELD_CHOICE, .offset = offsetof(type, member),                  \
        .names = (names_), .name_count = sizeof(names_) / sizeof((names_)[0])                      \
    }
#define GW_OBJECT(key_, type, member, shape_)                                                      \
    { .key = (key_), .kind = GW_FIELD_OBJECT, .offset = offsetof(type, member), .shape = (shape_) }
/* An object whose fields are members of the struct around it. */
#define GW_PART(key_, shape_)                                                                      \
    { .key = (key_), .kind = GW_FIELD_OBJECT, .offset = 0, .shape = (shape_) }
#define GW_LIST(kind_, key_, type, member, count)                                                  \
    {                                                                                              \
        .key = (key_), .kind = GW_FIELD_##kind_, .offset = offsetof(type, member),                 \
        .count_offset = offsetof(type, count), .is_list = true                                     \
    }
#define GW_LIST_OF(kind_, key_, type, member, count, shape_)                                       \
    {                                                                                              \
        .key = (key_), .kind = GW_FIELD_##kind_, .offset = offsetof(type, member),                 \
        .count_offset = offsetof(type, count), .is_list = true, .shape = (shape_)                  \
    }
#define GW_SHAPE_OF(type, fields_)                                                                 \
    {                                                                                              \
        .fields = (fields_), .field_count = sizeof(fields_) / sizeof((fields_)[0]),                \
        .size = sizeof(type)                                                                       \
    }
