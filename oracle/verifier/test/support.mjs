// SPDX-License-Identifier: Apache-2.0
// What several tests use.

/** The one method, as the evidence carries it. */
export const METHOD = {
    id: 'sgsc-10in10-v1', adjustment: 'CAPPED', interval_s: 1800n, lookback_days: 45n, target_days: 10n, minimum_days: 5n,
    adjust_from_s: -14400n, adjust_to_s: -3600n, cap_low_num: 4n, cap_low_den: 5n, cap_high_num: 6n, cap_high_den: 5n,
};
