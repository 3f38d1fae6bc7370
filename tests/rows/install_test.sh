#!/usr/bin/env bash
# Installs the build, and builds the example against the installed library, with
# find_package and with pkg-config. Run by ctest:
#   install_test.sh <source folder> <build folder>
set -euo pipefail
source=$1
build=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cmake --install "$build" --prefix "$folder/usr" >/dev/null
for file in bin/vtlookup bin/vtlookupd include/vtlookup/vtlookup/client.h \
  share/vtlookup/dnif/virustotal/virustotal.py share/man/man1/vtlookup.1 \
  share/bash-completion/completions/vtlookup \
  share/zsh/vendor-completions/_vtlookup \
  share/vtlookup/protos/vtlookup/v1/lookup.proto; do
  [ -e "$folder/usr/$file" ] || { echo "$file is not installed"; exit 1; }
done

cmake -S "$source/client/example" -B "$folder/example" -G Ninja \
  -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH="$folder/usr" >/dev/null
cmake --build "$folder/example" -- --quiet
"$folder/example/fake_daemon_test"
status=0
"$folder/example/enrich_rows" 2>/dev/null || status=$?
[ "$status" -eq 2 ] || { echo "enrich_rows ended with $status"; exit 1; }

pc=$(find "$folder/usr" -name vtlookup.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046
c++ -std=c++20 "$source/client/example/enrich_rows.cc" \
  $(pkg-config --cflags --libs vtlookup) -o "$folder/enrich_rows"
status=0
"$folder/enrich_rows" 2>/dev/null || status=$?
[ "$status" -eq 2 ] || { echo "by pkg-config it ended with $status"; exit 1; }
