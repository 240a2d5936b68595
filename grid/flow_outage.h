/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens when a branch is lost (N-1) in a network that is run radially: who goes dark, which
 * open branch (a tie) could feed them again, and whether every limit is kept with it. Each closed
 * line or cable is taken out in turn; each tie that joins the dark part to the live one is closed
 * alone, and the flow is solved from a flat start. The best tie is the one with the smallest share
 * of its worst limit. Integers at the border. Ref: reference "grid" §3.4. Pure.
 */
#pragma once

#include "grid/flow_limit.h"

typedef enum gw_flow_outage_verdict {
    GW_OUTAGE_HARMLESS,  /* nobody goes dark, and every limit is kept */
    GW_OUTAGE_RESTORED,  /* with the best tie everybody is fed and every limit is kept */
    GW_OUTAGE_STRAINED,  /* everybody is fed, but a limit is violated */
    GW_OUTAGE_COLLAPSED, /* every tie that feeds everybody is beyond what can be carried */
    GW_OUTAGE_CUT_OFF    /* no tie feeds everybody again */
} gw_flow_outage_verdict;

#define GW_OUTAGE_NO_TIE UINT32_MAX

/* One branch out and one tie closed; GW_OUTAGE_NO_TIE: none was needed. */
typedef struct gw_flow_outage_trial {
    uint32_t branch;
    uint32_t tie;
    bool is_solved;
    int64_t least_voltage_ppm; /* of nominal, over all energised nodes and phases */
    int64_t worst_share_ppm;
    uint32_t worst_limit; /* in the list; UINT32_MAX: the list is empty */
} gw_flow_outage_trial;

typedef struct gw_flow_outage {
    uint32_t branch;
    gw_flow_outage_verdict verdict;
    size_t dark_nodes; /* without a tie, beyond those that are dark anyway */
    int64_t dark_w;    /* load of their points */
    uint32_t best;     /* in trials; UINT32_MAX: none was solved */
} gw_flow_outage;

typedef struct gw_flow_outages {
    gw_flow_outage *at; /* by branch, ascending */
    size_t count;
    gw_flow_outage_trial *trials; /* by branch, then tie */
    size_t trial_count;
} gw_flow_outages;

typedef struct gw_flow_outage_question {
    const gw_net *net; /* has passed gw_net_validate */
    const gw_flow_limits *limits;
    void (*progress)(void *context, size_t done, size_t total); /* after each branch; may be NULL */
    void *context;
} gw_flow_outage_question;

/* `scratch` is reset for every flow; the answer lives in the arena. GW_CODE_TOO_LARGE: more than
 * GW_OUTAGE_TRIALS_MOST combinations. Faults of a build (a loop through a transformer, say) end the
 * study. */
enum { GW_OUTAGE_TRIALS_MOST = 1000000 };
GW_MUST_CHECK gw_status gw_flow_outages_find(gw_arena *arena, gw_arena *scratch,
                                             const gw_flow_outage_question *question,
                                             gw_flow_outages *ret, gw_fault *reterr);

const char *gw_flow_outage_word(gw_flow_outage_verdict verdict);
