#!/usr/bin/env bash
# The checks that need no build: formatting, and which folder includes which.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t all < <(git ls-files '*.cc' '*.h')
clang-format --dry-run -Werror "${all[@]}"
echo "format: ${#all[@]} files are formatted"
cmake -D ROOT="$PWD" -P cmake/CheckLayers.cmake
