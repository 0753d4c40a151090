#!/bin/sh
# Installs what the key-value example needs, builds it, and runs its demonstration: three servers, 20,000 keys, the
# leader killed on the way, and every acknowledged key read back. Exits with the demonstration's status.
set -eu
cd "$(dirname "$0")/.."
folder=build/quickstart

. tests/packages.sh
install_missing g++ meson ninja-build libboost-dev libasio-dev || exit 1

# A repository that has moved, or another compiler or Meson: configure anew.
wanted="$(pwd -P), $(g++ --version | head -n 1), meson $(meson --version)"
if [ "$(cat "$folder/configured_as" 2>/dev/null || true)" != "$wanted" ]; then
  rm -rf "$folder"
  # Warnings stop the library's developers, not its users, whose compiler may know more of them.
  echo "configuring $folder"
  log=$(mktemp)
  options="--buildtype=release -Db_ndebug=if-release -Dcpp_args=-Wno-error"
  if ! CXX=g++ meson setup $options "$folder" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
  printf '%s\n' "$wanted" >"$folder/configured_as"
fi
echo "building kv: one file, one or two minutes"
meson compile -C "$folder" kv

exec "$folder/examples/kv" demo
