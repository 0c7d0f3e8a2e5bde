#!/bin/sh
# Builds everything and runs the tests. Arguments go to ctest; after --clients they go to
# tests/clients/run, which is run instead.
set -eu
cd "$(dirname "$0")"

if [ "${1:-}" = --clients ]; then
    shift
    docker/packages.sh --install build clients
    [ -f build/release/build.ninja ] || cmake --preset release -DBUILD_TESTING=OFF
    cmake --build --preset release --target customercare
    exec tests/clients/run "$@"
fi

docker/packages.sh --install build test
cmake --preset release -DBUILD_TESTING=ON
cmake --build --preset release
exec ctest --preset release "$@"
