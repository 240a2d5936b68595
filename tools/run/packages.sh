# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Installs what is missing: Debian packages (root, or sudo only when needed) and the npm lock file.

packages_wanted() {
    while read -r package command; do
        case $package in '' | \#*) continue ;; esac
        if [ -n "$command" ] && have "$command"; then continue; fi
        printf '%s\n' "$package"
    done <"$GW_ROOT/tools/run/packages.list"
}

packages_missing() {
    wanted=$(packages_wanted)
    # shellcheck disable=SC2086 # one word per package
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
        awk -v wanted="$wanted" '
            $2 == "installed" { there[$1] = 1 }
            END {
                count = split(wanted, name, "\n")
                for (at = 1; at <= count; at++) if (!(name[at] in there)) print name[at]
            }'
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "these packages need root, and there is no sudo; as root: sh tools/run/install.sh $missing"
    fi
}

need_packages() {
    have dpkg-query || return 0
    missing=$(packages_missing | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    say "installing: $missing"
    # shellcheck disable=SC2086 # one word per package
    as_root sh "$GW_ROOT/tools/run/install.sh" $missing >&2 || die "the packages could not be installed"
}

# npm ci, only when the lock file has changed since the last time.
need_node_modules() {
    [ -f "$GW_ROOT/package-lock.json" ] || return 0
    cmp -s "$GW_ROOT/package-lock.json" "$GW_ROOT/node_modules/.gridwitness-lock" && return 0
    say "installing the npm packages of package-lock.json"
    npm_certificates
    quietly npm npm ci --no-audit --no-fund --loglevel=error || return 1
    cp "$GW_ROOT/package-lock.json" "$GW_ROOT/node_modules/.gridwitness-lock"
}

# npm brings its own list of authorities; a machine with own ones has them in the system's file.
npm_certificates() {
    [ -n "${NODE_EXTRA_CA_CERTS:-}" ] && return 0
    [ -f /etc/ssl/certs/ca-certificates.crt ] || return 0
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
    export NODE_EXTRA_CA_CERTS
}
