# Read by tests/run.sh and examples/quickstart.sh (`. tests/packages.sh`): installs Debian packages, but only
# those that are missing, so that a second run needs neither root nor a network.

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# install_missing PACKAGE...: false, having said why, when something is missing and can't be installed.
install_missing() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "no apt-get here: this script is for Debian 12. It needs: $*" >&2
    return 1
  fi
  missing=
  for package in "$@"; do
    is_installed "$package" || missing="$missing $package"
  done
  if [ -z "$missing" ]; then
    echo "Every package needed is installed."
    return 0
  fi
  if [ "$(id -u)" -eq 0 ]; then
    as_root=
  elif command -v sudo >/dev/null; then
    as_root=sudo
  else
    echo "packages are missing, and this is neither root nor a machine with sudo. As root, please:" >&2
    echo "  apt-get install$missing" >&2
    return 1
  fi
  echo "Installing$missing"
  # A fresh machine has no package lists, or old ones: the first try tells.
  apt_install $missing || { $as_root apt-get update && apt_install $missing; }
}

apt_install() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}
