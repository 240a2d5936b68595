/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"
#include "server/flow/check.h"

gw_check_terms gw_check_terms_read(const gw_config *config) {
    const gw_price feeder = {gw_config_int(config, GW_SETTING_GRID_FEE_SAME_FEEDER)};
    const gw_price transformer = {gw_config_int(config, GW_SETTING_GRID_FEE_SAME_TRANSFORMER)};
    return (gw_check_terms){
        .stale_s = 60 * gw_config_int(config, GW_SETTING_GRID_STALE_MIN),
        .margin_ppm = gw_config_int(config, GW_SETTING_GRID_CHECK_MARGIN_PPM),
        .hold_s = gw_config_int(config, GW_SETTING_GRID_CHECK_HOLD_S),
        .open_most = gw_config_int(config, GW_SETTING_GRID_CHECK_OPEN_MOST),
        .share_pct = gw_config_int(config, GW_SETTING_GRID_CHECK_SHARE_PCT),
        .fair_days = gw_config_int(config, GW_SETTING_GRID_CHECK_FAIR_DAYS),
        .tariff = {
            .loss = {gw_config_int(config, GW_SETTING_GRID_FEE_LOSS)},
            .curtailed = {gw_config_int(config, GW_SETTING_GRID_FEE_CURTAILED)},
            .curtailed_per_kw = {gw_config_int(config, GW_SETTING_GRID_FEE_CURTAILED_PER_KW)},
            .shadow_ppm = gw_config_int(config, GW_SETTING_GRID_FEE_SHADOW_PPM),
            .distance = {{gw_config_int(config, GW_SETTING_GRID_FEE_SAME_NODE)},
                         feeder,
                         transformer,
                         {gw_config_int(config, GW_SETTING_GRID_FEE_BEYOND)}}}};
}
