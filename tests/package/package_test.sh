#!/usr/bin/env bash
# Tests the Debian package: builds it, installs it into an empty root, starts
# the daemon from there, looks something up, removes and purges the package.
# Also tests its unit, dashboard and alerts.
#   package_test.sh SOURCE_DIR BUILD_DIR
set -euo pipefail
source=$1
build=$2
folder=$(mktemp -d)
root=$folder/root
pids=()
finish() {
  for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT
fail() { echo "FAILED: $*"; exit 1; }

# Runs only on a machine with systemd.
if command -v systemd-analyze >/dev/null; then
  systemd-analyze security --offline=true --threshold=20 \
    "$source/cmake/package/vtlookupd.service" >"$folder/security" ||
    fail "the unit is too open: $(tail -1 "$folder/security")"
fi

(cd "$build" && cpack -B "$folder/packages" >"$folder/cpack.log") ||
  { cat "$folder/cpack.log"; fail "cpack"; }
package=$(echo "$folder"/packages/vtlookup_*.deb)
# The dependencies of the package are in Debian.
apt-get install --simulate "$package" >"$folder/apt.log" 2>&1 ||
  { cat "$folder/apt.log"; fail "its dependencies"; }

mkdir -p "$root/var/lib/dpkg"/{info,updates,triggers} "$root/etc"
touch "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/available"
into_root() {
  dpkg --root="$root" --force-depends --force-script-chrootless --force-not-root \
    --log="$folder/dpkg.log" "$@" >>"$folder/dpkg.out" 2>&1 ||
    { cat "$folder/dpkg.out"; fail "dpkg $*"; }
}
into_root --install "$package"
for file in usr/bin/vtlookupd usr/bin/vtlookup usr/bin/vtsim usr/lib/systemd/system/vtlookupd.service \
  etc/vtlookup/vtlookupd.yml usr/share/man/man1/vtlookup.1.gz usr/share/man/man1/vtsim.1.gz \
  usr/share/doc/vtlookup/copyright usr/share/doc/vtlookup/README.md \
  usr/share/fish/vendor_completions.d/vtlookup.fish usr/share/man/man8/vtlookupd.8.gz \
  usr/share/bash-completion/completions/vtlookup usr/share/zsh/vendor-completions/_vtlookup \
  usr/share/doc/vtlookup/configuration.md usr/share/doc/vtlookup/grafana.json \
  usr/share/doc/vtlookup/strangers.md usr/share/doc/vtlookup/examples/nginx-front.conf \
  usr/share/vtlookup/dnif/virustotal/virustotal.py; do
  [ -e "$root/$file" ] || [ -e "$root/${file%.gz}" ] || fail "$file is not in the package"
done

# Starts the daemon as the unit does, but without the sandbox.
credentials=$folder/credentials
mkdir -p "$credentials" "$folder/run"
echo package-key-90 >"$credentials/vt_api_key"
"$build/bin/vtsim" >"$folder/sim" &
pids+=($!)
for _ in $(seq 100); do grep -q ready "$folder/sim" && break; sleep 0.05; done
url=$(sed -n 's/^vtsim ready on \([^ ]*\).*/\1/p' "$folder/sim")
sed -e "s|/var/lib|$folder/lib|; s|/var/log|$folder/log|" "$root/etc/vtlookup/vtlookupd.yml" \
  >"$folder/vtlookupd.yml"
mkdir -p "$folder/log/vtlookupd"
CREDENTIALS_DIRECTORY=$credentials RUNTIME_DIRECTORY=$folder/run "$root/usr/bin/vtlookupd" \
  --config "$folder/vtlookupd.yml" --virustotal.base_url="$url" --listen.address=127.0.0.1:0 \
  --http.address=127.0.0.1:0 --gateway.address= >"$folder/out" 2>"$folder/errors" &
pids+=($!)
daemon=$!
for _ in $(seq 100); do grep -q ready "$folder/out" && break; sleep 0.05; done
address=$(sed -n 's/^vtlookupd ready on //p' "$folder/out")
[ -n "$address" ] || { cat "$folder/errors"; fail "it does not start"; }
"$root/usr/bin/vtlookup" --server "$address" domain a.example.com --json |
  grep -q '"source":"SOURCE_VIRUSTOTAL"' || fail "it does not answer"
VTLOOKUP_ADMIN=unix:$folder/run/admin.sock "$root/usr/bin/vtlookup" admin entries |
  grep -q a.example.com || fail "no AdminService"
grep -q '"event":"asked"' "$folder/log/vtlookupd/audit.jsonl" || fail "no audit log"

# Every metric that the dashboard or an alert names must exist.
page=$(sed -n 's/.*status and metrics on \([^"]*\).*/\1/p' "$folder/errors")
/usr/bin/python3 - "$page" "$root/usr/share/doc/vtlookup" <<'PYTHON' || fail "metrics"
import re, sys, urllib.request
metrics = urllib.request.urlopen(sys.argv[1] + "metrics").read().decode()
known = set(re.findall(r"^# TYPE (\S+)", metrics, re.M))
known |= {f"{name}_{part}" for name in known for part in ("bucket", "sum", "count")}
for file in ("grafana.json", "alerts.yml"):
    named = set(re.findall(r"vtlookup_[a-z_]+", open(f"{sys.argv[2]}/{file}").read()))
    assert named, f"{file} names no metric"
    assert named <= known, f"{file} names {named - known}"
PYTHON
kill -TERM "$daemon"
wait "$daemon" || fail "it did not end well"

into_root --remove vtlookup
[ ! -e "$root/usr/bin/vtlookupd" ] || fail "remove left the program"
[ -e "$root/etc/vtlookup/vtlookupd.yml" ] || fail "remove took the configuration"
into_root --purge vtlookup
left=$(find "$root" -path "$root/var/lib/dpkg" -prune -o -type f -print)
[ -z "$left" ] || fail "purge left $left"
if grep -rq package-key-90 "$folder/errors" "$folder/log"; then fail "the key was written"; fi
echo "the package is fine"
