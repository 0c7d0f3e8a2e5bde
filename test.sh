#!/bin/sh
# Builds everything and runs the tests. Arguments go to ctest.
set -eu
cd "$(dirname "$0")"

docker/packages.sh --install build test
cmake --preset release -DBUILD_TESTING=ON
cmake --build --preset release
exec ctest --preset release "$@"
