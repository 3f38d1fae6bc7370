#!/usr/bin/env bash
# clang-tidy on the sources that changed since a commit: ./test --tidy=COMMIT.
# Without COMMIT, since this branch left origin/main; on main itself, since the
# commit before the last. A header counts by the sources of its own name.
set -euo pipefail
cd "$(dirname "$0")/.."

# clang-tidy takes some ten seconds for a source. `./test --lint` reads all.
most=${TIDY_MOST:-40}

base=${1:-$(git merge-base HEAD origin/main 2>/dev/null || true)}
if [ -z "$base" ] || [ "$(git rev-parse "$base")" = "$(git rev-parse HEAD)" ]; then
  base=$(git rev-parse --verify -q HEAD~1) || { echo "tidy: no earlier commit"; exit 0; }
fi

mapfile -t changed < <(
  git diff --name-only --diff-filter=d "$base" -- '*.cc' '*.h' |
    sed 's/\.h$/.cc/' | grep -v '^tests/fuzz/' | sort -u |
    while read -r file; do [ -f "$file" ] && echo "$file"; done
)
if [ ${#changed[@]} -eq 0 ]; then
  echo "tidy: no source has changed since $base"
  exit 0
fi
checked=("${changed[@]:0:$most}")

mkdir -p build
cmake --preset tidy >build/configure-tidy.log
cmake --build --preset tidy -- --quiet
printf '%s\n' "${checked[@]}" |
  xargs -P "$(nproc)" -n 2 clang-tidy -p build/tidy --quiet 2>/dev/null
echo "tidy: ${#checked[@]} of the ${#changed[@]} sources that changed since" \
  "$(git rev-parse --short "$base") are clean"
if [ ${#checked[@]} -lt ${#changed[@]} ]; then
  echo "tidy: $((${#changed[@]} - ${#checked[@]})) were not read (TIDY_MOST is $most); run ./test --lint"
fi
