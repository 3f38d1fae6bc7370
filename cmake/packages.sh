# The Debian packages that the project needs. ./run, ./test and ./bench source
# this file. install_missing installs those of its arguments that are missing,
# with sudo if the user is not root.

BUILD_PACKAGES=(
  ca-certificates cmake g++ make ninja-build ccache pkg-config libabsl-dev libcli11-dev
  libcurl4-openssl-dev libevent-dev libboost-dev libmicrohttpd-dev libgrpc++-dev
  libidn2-dev libjemalloc-dev libprotobuf-dev libpsl-dev librocksdb-dev libsimdjson-dev
  libspdlog-dev libssl-dev libsystemd-dev libyaml-cpp-dev nlohmann-json3-dev
  prometheus-cpp-dev protobuf-compiler protobuf-compiler-grpc publicsuffix
  python3-protobuf python3-yaml zlib1g-dev
)
# The second line has the dependencies of nginx, see fetch_package. The third line
# is for the tests of the package, the status page, completion, and those that
# speak gRPC or check schemas in Python; the last line has clients of VirusTotal,
# and what their tests need.
TEST_PACKAGES=(
  libbenchmark-dev libcpp-httplib-dev libgmock-dev libgtest-dev openssl
  libcrypt1 libpcre2-8-0 libssl3
  chromium dpkg-dev file fish python3-grpcio python3-jsonschema zsh
  iproute2 libcvtapi-dev libjansson-dev python3-virustotal-api
)
# redis-tools also contains the server, but does not start it.
BENCH_PACKAGES=(redis-tools rocksdb-tools wrk)
LINT_PACKAGES=(clang clang-format clang-tidy)

install_missing() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null |
      grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  echo "Installing from Debian: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" >/dev/null
}

# Unpacks nginx for the tests into build/nginx, and prometheus, which has
# promtool, into build/prometheus. The packages are not installed, because that
# would start servers on this machine.
fetch_nginx() { fetch_package nginx usr/sbin/nginx; }
fetch_promtool() { fetch_package prometheus usr/bin/promtool; }

# fetch_package PACKAGE FILE unpacks PACKAGE into build/PACKAGE, unless its FILE
# is there.
fetch_package() {
  local package=$1 folder=build/$1
  [ -x "$folder/$2" ] && return
  mkdir -p "$folder"
  (
    cd "$folder"
    download() { apt-get download -qq -o APT::Sandbox::User=root "$package"; }
    if ! download 2>/dev/null; then
      [ "$(id -u)" -eq 0 ] && apt-get update -qq || sudo apt-get update -qq
      download
    fi
    dpkg-deb -x "$package"_*.deb .
    rm "$package"_*.deb
  )
}

# Installs buf, the gRPC client and proto linter of the tests, from npm.
# protos/package*.json pin its version.
install_buf() { install_from_npm protos; }

# Installs Playwright, which drives Chromium, from npm. tests/page/package*.json
# pin its version.
install_playwright() { install_from_npm tests/page; }

# Installs Redocly's linter of OpenAPI documents, one package without
# dependencies, from npm. tests/openapi/package*.json pin its version.
install_redocly() { install_from_npm tests/openapi; }

# Installs node-virustotal, a client of VirusTotal that is tested against the
# gateway, from npm. tests/clients/package*.json pin its version.
install_node_virustotal() { install_from_npm tests/clients; }

install_from_npm() {
  command -v npm >/dev/null || install_missing npm
  [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] ||
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --silent)
}
