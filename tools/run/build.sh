# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Builds through the presets of CMakePresets.json.

# configure <preset>: only when the build folder is not there yet; ninja redoes it when needed.
configure() {
    [ -f "$GW_ROOT/build/$1/build.ninja" ] && return 0
    say "configuring $1"
    if have ccache; then
        CMAKE_C_COMPILER_LAUNCHER=ccache
        export CMAKE_C_COMPILER_LAUNCHER
    fi
    quietly "configure-$1" cmake --preset "$1"
}

# build_preset <preset> [targets]
build_preset() {
    preset=$1
    shift
    configure "$preset" || return 1
    quietly "build-$preset" ninja -C "$GW_ROOT/build/$preset" "$@"
}

# The verifier as one file, when a source of it is newer.
bundle_verifier() {
    bundle=$GW_ROOT/build/gwverify.mjs
    [ -f "$bundle" ] && [ -z "$(find "$GW_ROOT/oracle/verifier/src" -newer "$bundle" -print -quit)" ] && return 0
    quietly bundle "$GW_ROOT/tools/chain/bundle"
}

# The product, optimised and hardened, and everything npm brings.
run_build() {
    need_packages
    need_node_modules || return 1
    build_preset release || return 1
    bundle_verifier || return 1
    say "built: build/release/gridwitness"
}

run_clean() {
    rm -rf "${GW_ROOT:?}/build" "${GW_ROOT:?}/var" "${GW_ROOT:?}/node_modules"
    rm -rf "$GW_ROOT/oracle/contracts/out" "$GW_ROOT/oracle/contracts/cache"
    say "removed: build/ var/ node_modules/ and the contract build"
}
