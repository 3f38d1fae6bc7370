#!/usr/bin/env bash
# Tests buf, a client that is not ours and that knows the services by reflection
# only. Arguments: the folder of the programs, and the folder of buf.
set -euo pipefail
bin=$1
buf=$2
dir=$(mktemp -d)
sim=
daemon=
finish() {
  for pid in $daemon $sim; do
    kill "$pid" 2>/dev/null && wait "$pid" || true
  done
  rm -rf "$dir"
}
trap finish EXIT

# Prints the rest of a program's first line, behind "ready on ".
ready() {
  for _ in $(seq 200); do
    grep -q 'ready on ' "$1" && break
    sleep 0.05
  done
  sed -n 's/.*ready on \([^ ]*\).*/\1/p' "$1"
}
expect() { # what is expected, where it is looked for
  grep -q -- "$1" <<<"$2" || { echo "no $1 in: $2"; exit 1; }
  echo "ok: $1"
}

"$bin/vtsim" --port 0 --log "$dir/requests" >"$dir/sim" &
sim=$!
url=$(ready "$dir/sim")
VT_API_KEY=k "$bin/vtlookupd" --listen.address=127.0.0.1:0 \
  --cache.path="$dir/cache" --virustotal.base_url="$url" >"$dir/daemon" &
daemon=$!
address=http://$(ready "$dir/daemon")

call() { # method, request
  HOME=$dir "$buf" curl --protocol grpc --http2-prior-knowledge \
    -d "$2" "$address/$1" 2>&1 || true
}
lookup=vtlookup.v1.LookupService/Lookup
ask='{"indicator": {"url": "http://www.virustotal.com/"}}'

services=$(HOME=$dir "$buf" curl --protocol grpc --http2-prior-knowledge \
  --list-methods "$address" 2>&1)
expect vtlookup.v1.LookupService/BatchLookup "$services"
expect grpc.health.v1.Health/Check "$services"
expect grpc.channelz.v1.Channelz/GetServers "$services"

first=$(call $lookup "$ask")
expect '"responseCode": *1' "$first"
expect SOURCE_VIRUSTOTAL "$first"
second=$(call $lookup "$ask")
expect SOURCE_MEMORY "$second"
[ "$(wc -l <"$dir/requests")" = 1 ] || { echo "asked twice"; exit 1; }

expect '"responseCode": *0' "$(call $lookup \
  '{"indicator": {"domain": "missing.example.com"}}')"
expect '"code": *"not_found"' "$(call $lookup \
  '{"indicator": {"domain": "a.example.com"}, "options": {"cacheMode": "CACHE_MODE_ONLY"}}')"
expect '"code": *"invalid_argument"' "$(call $lookup '{}')"
expect google.rpc.BadRequest "$(call $lookup '{}')"
expect '"status": *"SERVING"' "$(call grpc.health.v1.Health/Check '{}')"
expect '"status": *"SERVING"' "$(call grpc.health.v1.Health/Check \
  '{"service": "vtlookup.v1.LookupService"}')"
expect '"results"' "$(call vtlookup.v1.LookupService/BatchLookup \
  '{"indicators": [{"ip": "8.8.8.8"}], "options": {"view": "VIEW_SUMMARY"}}')"
expect '"scanId"' "$(call vtlookup.v1.LookupService/SubmitUrl \
  '{"url": "http://scan.example.com/"}')"
echo "all answered over reflection"
