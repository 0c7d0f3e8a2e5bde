#!/bin/sh
# Usage: docker/packages.sh [--install] SECTION...
# Prints the Debian packages of those sections of debian-packages.txt, or installs what is missing.
set -eu

list=$(dirname "$0")/debian-packages.txt
install=false
if [ "${1:-}" = --install ]; then
    install=true
    shift
fi

packages=$(awk -v wanted="$*" '
    BEGIN { count = split(wanted, names); for (i = 1; i <= count; i++) want[names[i]] }
    !/^#/ { for (i = 2; i <= NF; i++) if ($i in want) { print $1; next } }' "$list")

if ! $install; then
    echo "$packages"
    exit
fi

if ! grep -qs '^VERSION_CODENAME=bookworm$' /etc/os-release; then
    echo "Packages are installed on Debian 12 only, and this is another system." >&2
    echo "Going on with what is there. Debian's names of what is needed:" >&2
    echo "$packages" | tr '\n' ' ' >&2
    echo >&2
    exit
fi

# By their own names and by those that they provide: other sources' nodejs has npm in it.
installed=$(dpkg-query -W -f '${db:Status-Status}, ${Package}, ${Provides}\n' |
    sed -n 's/^installed, //p' | tr , '\n' | sed 's/^ *//; s/ .*//')
missing=
for package in $packages; do
    echo "$installed" | grep -qxF "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing from Debian:$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "This needs root, and sudo is not here. As root, run: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
# shellcheck disable=SC2086  # Lists of words.
apt_get() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"; }
apt_get update
# shellcheck disable=SC2086
apt_get install -y --no-install-recommends $missing </dev/null >/dev/null
