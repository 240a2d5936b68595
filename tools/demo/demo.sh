#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Called by `./run demo` on a built tree; see demo.mjs.
set -eu
exec node "$(dirname "$0")/demo.mjs" "$@"
