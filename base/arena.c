/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 16 * 1024 }; /* one page of most requests; grows by doubling */

typedef struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
} block;

struct gw_arena {
    block *head; /* newest first */
    size_t cap;
    size_t used;
};

static block *block_new(size_t size) {
    block *made = malloc(sizeof *made + size);
    if (made == NULL) return NULL;
    made->next = NULL;
    made->size = size;
    made->used = 0;
    return made;
}

gw_arena *gw_arena_open(size_t cap_bytes) {
    gw_arena *arena = malloc(sizeof *arena);
    if (arena == NULL) return NULL;
    const size_t first = cap_bytes < FIRST_BLOCK ? cap_bytes : FIRST_BLOCK;
    *arena = (gw_arena){.head = block_new(first), .cap = cap_bytes, .used = 0};
    if (arena->head != NULL) return arena;
    free(arena);
    return NULL;
}

static void blocks_free(block *list) {
    while (list != NULL) {
        block *next = list->next;
        free(list);
        list = next;
    }
}

void gw_arena_close(gw_arena *arena) {
    if (arena == NULL) return;
    blocks_free(arena->head);
    free(arena);
}

void gw_arena_reset(gw_arena *arena) {
    block *keep = arena->head;
    while (keep->next != NULL) {
        block *next = keep->next;
        free(keep);
        keep = next;
    }
    keep->used = 0;
    arena->head = keep;
    arena->used = 0;
}

size_t gw_arena_used(const gw_arena *arena) { return arena->used; }

static size_t aligned(size_t size) {
    const size_t step = alignof(max_align_t);
    return (size + step - 1) / step * step;
}

static gw_status no_memory(const gw_arena *arena, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_NO_MEMORY, NULL,
                        "the memory limit of %zu bytes for this unit of work is reached",
                        arena->cap);
}

gw_status gw_arena_take(gw_arena *arena, size_t size, size_t count, void **ret, gw_fault *reterr) {
    if (size != 0 && count > (SIZE_MAX / 2) / size) return no_memory(arena, reterr);
    const size_t wanted = aligned(size * count == 0 ? 1 : size * count);
    if (wanted > arena->cap - arena->used) return no_memory(arena, reterr);
    if (wanted > arena->head->size - arena->head->used) {
        size_t next_size = arena->head->size * 2;
        if (next_size < wanted) next_size = wanted;
        block *fresh = block_new(next_size);
        if (fresh == NULL) return no_memory(arena, reterr);
        fresh->next = arena->head;
        arena->head = fresh;
    }
    void *piece = arena->head->bytes + arena->head->used;
    arena->head->used += wanted;
    arena->used += wanted;
    memset(piece, 0, wanted);
    *ret = piece;
    return gw_ok();
}
