#!/bin/sh
# Installs what the tests need, builds with g++ 12 and with clang 14, and runs every test. See usage() below.
# The last line of a run is "N passed, N failed", over everything that ran.
set -eu

usage() {
  cat <<'TEXT'
usage: sh tests/run.sh [--ci | --long]

  (no option)  the default tests with g++ 12 and clang 14; once, with g++, those with real processes and those that
               no compiler changes (the suites process and once)
  --ci         the same, and the fixed, seeded part of the long tests (the suite `ci`)
  --long       the same, and all the long tests, and again what --ci runs under the address and
               undefined-behaviour sanitizers (but for the suite `no_sanitizer`, which would prove nothing there),
               and what has threads under the thread sanitizer

For Debian 12. Missing packages are installed, as root or with sudo; when none is missing, neither is needed.
TEXT
}

mode=default
for argument in "$@"; do
  case $argument in
    --ci) mode=ci ;;
    --long) mode=long ;;
    --help | -h) usage; exit 0 ;;
    *)
      echo "tests/run.sh: unknown option '$argument'" >&2
      usage >&2
      exit 2
      ;;
  esac
done
if [ $# -gt 1 ]; then
  echo "tests/run.sh: at most one option" >&2
  usage >&2
  exit 2
fi

cd "$(dirname "$0")/.."
repo=$(pwd -P)
passed=0
failed=0

say() { printf '\n== %s\n' "$*"; }

# The one way out once work has begun: the totals are the last line, whatever happened before.
finish() {
  echo
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] || exit 1
  exit 0
}

give_up() {
  echo "tests/run.sh: $*" >&2
  failed=$((failed + 1))
  finish
}

. tests/packages.sh

# configure FOLDER COMPILER [MESON OPTION...]: when needed; false if it fails. A folder configured otherwise (a
# moved repository, another compiler or Meson, other options) is made anew: its objects would be rebuilt anyhow.
configure() {
  folder=$1
  compiler=$2
  shift 2
  launcher=$(command -v ccache || true)
  wanted="$repo, $launcher, $("$compiler" --version | head -n 1), meson $(meson --version), $*"
  if [ "$(cat "$folder/configured_as" 2>/dev/null || true)" != "$wanted" ]; then
    say "$folder: configure with $compiler${*:+ $*}"
    rm -rf "$folder"
    CXX="${launcher:+ccache }$compiler" meson setup "$@" "$folder" || return 1
    printf '%s\n' "$wanted" >"$folder/configured_as"
  fi
  if grep -qE '(test|tests) .*(is|are) left out' "$folder/meson-logs/meson-log.txt"; then
    echo "tests/run.sh: $folder was configured without the tests" >&2
    return 1
  fi
}

# build_in FOLDER COMPILER [MESON OPTION...]: configures when needed, builds everything; false if either fails.
build_in() {
  configure "$@" || return 1
  say "$1: build"
  rm -f "$1/built"
  meson compile -C "$1" -j "$(nproc)" || return 1
  touch "$1/built"
}

# test_in FOLDER [MESON TEST OPTION...]: runs the tests and adds Meson's own summary to the totals. Skipped tests
# count as failed: all that a test may need has been installed, so one that skips has proved nothing where it must.
test_in() {
  folder=$1
  shift
  say "$folder: meson test${*:+ $*}"
  # A busy machine is given time: Meson's own half minute is for what takes seconds.
  { meson test -C "$folder" --print-errorlogs --timeout-multiplier 4 "$@" && echo ok >"$folder/verdict" \
    || echo bad >"$folder/verdict"; } 2>&1 | tee "$folder/run.log"
  # Only the last summary counts: a failing test's log may hold anything, also a line such as these.
  counts=$(awk '/^Ok: /              { good = $2 }
                /^Expected Fail: /   { good += $3 }
                /^Fail: /            { bad = $2 }
                /^Unexpected Pass: / { bad += $3 }
                /^Skipped: /         { bad += $2; skipped = $2 }
                /^Timeout: /         { bad += $2 }
                END { print good + 0, bad + 0, skipped + 0 }' "$folder/run.log")
  set -- $counts
  passed=$((passed + $1))
  failed=$((failed + $2))
  if [ "$3" -gt 0 ]; then
    echo "tests/run.sh: $folder: $3 skipped, counted as failed" >&2
  fi
  if [ "$(($1 + $2))" -eq 0 ]; then
    echo "tests/run.sh: $folder: no test ran" >&2
    failed=$((failed + 1))
  elif [ "$(cat "$folder/verdict")" != ok ] && [ "$2" -eq 0 ]; then
    echo "tests/run.sh: $folder: meson test failed without saying which test" >&2
    failed=$((failed + 1))
  fi
}

# Whether any test of that folder belongs to the suite: not every suite has tests at all times.
has_suite() {
  meson introspect --tests "$1" | grep -q "\"quorate:$2\""
}

# checked FOLDER COMPILER "MESON OPTIONS" "TEST OPTIONS": the options are words, so they stand unquoted below. A
# failed build is one failure, and the run goes on.
checked() { checked_by build_in "$@"; }
# The same, but only what these tests need is built, by Meson.
checked_alone() { checked_by configure "$@"; }
checked_by() {
  if "$1" "$2" "$3" $4; then
    test_in "$2" $5
  else
    echo "tests/run.sh: $2: the build failed" >&2
    failed=$((failed + 1))
  fi
}

# suite_in FOLDER SUITE [MESON TEST OPTION...]: that suite, when it has tests, in a folder that was built.
suite_in() {
  if [ ! -f "$1/built" ]; then
    return 0
  elif has_suite "$1" "$2"; then
    folder=$1
    suite=$2
    shift 2
    test_in "$folder" --suite "$suite" "$@"
  else
    say "$1: no test is in the suite $2"
  fi
}

say "quorate: $mode tests of $repo"
packages="g++-12 clang-14 libclang-rt-14-dev clang-format-14 meson ninja-build libboost-dev libasio-dev doctest-dev
  python3 redis-tools python3-redis strace valgrind cmake pkg-config
  chromium chromium-driver python3-selenium fonts-dejavu-core" # the pages, in a browser
# The other compilers that the headers are to stand: only the suite `ci` asks them.
[ "$mode" = default ] || packages="$packages clang-16 clang-19 libc++-16-dev libc++abi-16-dev
  g++-arm-linux-gnueabihf"
install_missing $packages || give_up "could not install what the tests need"

# Without what a debugger needs, and with clang not optimised: that is a third of the time that it takes.
checked build/gcc g++-12 "-Ddebug=false" ""
checked build/clang clang++-14 "-Ddebug=false -Doptimization=0" "--no-suite process --no-suite once"

case $mode in
  ci)
    suite_in build/gcc ci
    suite_in build/clang fuzz
    ;;
  long)
    suite_in build/gcc long
    suite_in build/clang fuzz
    # Without -Db_lundef=false clang does not link sanitized programs: the runtime's symbols come late.
    sanitized="-Db_lundef=false -Doptimization=1 -Ddebug=false"
    checked build/asan clang++-14 "-Db_sanitize=address,undefined $sanitized" \
      "--no-suite no_sanitizer --timeout-multiplier 5"
    suite_in build/asan ci --no-suite no_sanitizer --timeout-multiplier 10
    checked_alone build/tsan clang++-14 "-Db_sanitize=thread $sanitized" \
      "--suite threads --timeout-multiplier 10"
    ;;
esac
finish
