# Finds a Chromium for the browser tests, or tries to get one; sets CHROMIUM when there is one.
# shellcheck shell=bash
# Order: CHROMIUM, the usual names, Playwright's own, Playwright's download, Debian's package (root).
# Without one the browser tests skip by name and say why; under CI=true they fail.

usual_chromium() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
    command -v "$name" && return 0
  done
  return 1
}

playwrights_chromium() {
  "$root/.venv/bin/python" - <<'PYTHON' 2>/dev/null
import pathlib
import sys

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    path = pathlib.Path(playwright.chromium.executable_path)
    print(path) if path.exists() else sys.exit(1)
PYTHON
}

if [ -z "${CHROMIUM:-}" ]; then
  CHROMIUM="$(usual_chromium || playwrights_chromium || true)"
fi
if [ -z "$CHROMIUM" ]; then
  echo '== no Chromium here: trying to get one for the browser tests'
  if timeout 300 "$root/.venv/bin/python" -m playwright install chromium >/dev/null 2>&1; then
    CHROMIUM="$(playwrights_chromium || true)"
  fi
  if [ -z "$CHROMIUM" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >/dev/null 2>&1 || true
    CHROMIUM="$(usual_chromium || true)"
  fi
  [ -n "$CHROMIUM" ] || echo '   none could be had; the browser tests say so'
fi
[ -z "$CHROMIUM" ] || export CHROMIUM
