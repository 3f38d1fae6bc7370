#!/usr/bin/env bash
# alerts_test.sh PROMTOOL checks the alert rules of the package, and what they say
# about two daemons.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cp "$here/../../cmake/package/alerts.yml" "$here/alerts_test.yml" "$folder"
"$1" check rules "$folder/alerts.yml"
"$1" test rules "$folder/alerts_test.yml"
