#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the named Debian packages. Runs as root. Started services would only be in the way, so
# none is started: the demo runs its own private ones.
set -eu
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
    made=$policy
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
trap 'if [ -n "$made" ]; then rm -f "$made"; fi' EXIT
trap 'exit 130' INT TERM
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q install -y --no-install-recommends "$@"
