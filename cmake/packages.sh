# Debian packages, sourced by ./run and ./test. install_missing installs those
# of its arguments that are not there, with sudo when not root.

BUILD_PACKAGES=(
  ca-certificates cmake g++ make ninja-build ccache pkg-config
  libabsl-dev libcurl4-openssl-dev libevent-dev libgrpc++-dev libidn2-dev
  libprotobuf-dev librocksdb-dev libsimdjson-dev libspdlog-dev libssl-dev
  libyaml-cpp-dev nlohmann-json3-dev protobuf-compiler protobuf-compiler-grpc
  zlib1g-dev
)
TEST_PACKAGES=(libgmock-dev libgtest-dev)
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

# The gRPC client and proto linter of the tests, from npm, as protos/package*.json
# pin it.
install_buf() {
  command -v npm >/dev/null || install_missing npm
  [ protos/node_modules/.package-lock.json -nt protos/package-lock.json ] ||
    (cd protos && npm ci --ignore-scripts --no-audit --no-fund --silent)
}
