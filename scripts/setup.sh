#!/bin/sh
# Make .venv and install commentsvc into it, in place. Argument: the extras to install (may be empty).
# Done again only when pyproject.toml has changed.
set -eu
cd "$(dirname "$0")/.."
extras="${1:-}"
stamp=".venv/.installed-${extras:-plain}"

if [ -e "$stamp" ] && [ "$stamp" -nt pyproject.toml ]; then
  exit 0
fi

find_python() {
  for name in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  echo "Python 3.11 or newer is needed. On Debian: apt-get install python3 python3-venv" >&2
  exit 1
}

if [ ! -x .venv/bin/python ]; then
  python=$(find_python)
  if ! "$python" -m venv .venv 2>/dev/null; then
    rm -rf .venv
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
      apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
      "$python" -m venv .venv
    else
      echo "Python's venv module is missing. On Debian: sudo apt-get install python3-venv" >&2
      exit 1
    fi
  fi
fi

echo "Installing commentsvc${extras:+ with $extras} into .venv…" >&2
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".${extras:+[$extras]}"
touch "$stamp"
