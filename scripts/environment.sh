# Makes the project's own Python environments; read by the other scripts, not run by itself.
# shellcheck shell=bash
#
# An environment is made again only when the lock files or pyproject.toml have changed. What is
# installed is pinned with hashes in requirements/*.txt, and nothing is written outside the
# checkout and the cache folder of HOME.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export PIP_DISABLE_PIP_VERSION_CHECK=1

fail() { # message, exit code
  printf '%s\n' "$1" >&2
  exit "${2:-3}"
}

find_python() { # prints a Python of 3.11 or newer that can make an environment
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

fingerprint() { # of the files that decide what an environment holds
  cat "$root/pyproject.toml" "$@" | cksum
}

ensure() { # folder, lock files…: make or renew the environment in the folder
  local folder="$root/$1"
  shift
  local stamp="$folder/made-from" wanted python locks=() lock
  wanted="$(fingerprint "$@")"
  if [ -x "$folder/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    return 0
  fi
  python="$(find_python)" ||
    fail "No Python 3.11 or newer with venv and ensurepip was found. Install one (on Debian: apt-get install python3 python3-venv), or name it: PYTHON=/path/to/python $0"
  printf 'Making the environment %s (this happens once) …\n' "${folder#"$root"/}" >&2
  if ! "$folder/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    rm -rf "$folder"
    "$python" -m venv "$folder" || fail "The environment could not be made in $folder: see above. Nothing else was changed."
  fi
  rm -f "$stamp"
  for lock in "$@"; do locks+=(-r "$lock"); done
  "$folder/bin/python" -m pip install -qq --require-hashes "${locks[@]}" ||
    fail "The packages could not be installed: see above. Check the network and run the same command again; what was installed is kept."
  printf '%s' "$wanted" >"$stamp.new"
}

seal() { # folder: from now on the environment counts as made
  [ ! -f "$root/$1/made-from.new" ] || mv "$root/$1/made-from.new" "$root/$1/made-from"
}

ensure_library() { # lock files…: the environment that runs the library
  ensure .venv "$@"
  if [ -f "$root/.venv/made-from.new" ]; then
    "$root/.venv/bin/python" -m pip install -qq --no-deps --no-build-isolation --editable "$root" ||
      fail "The library itself could not be installed: see above."
    seal .venv
  fi
}
