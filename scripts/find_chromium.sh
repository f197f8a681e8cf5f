#!/bin/sh
# Prints the path of a Chromium that runs; gets one where it may. Fails with advice otherwise.
set -u
cd "$(dirname "$0")/.."

runs() {
  # Ubuntu's chromium-browser is a stub that only says to install a snap.
  timeout 30 "$1" --version 2>/dev/null | grep -qiE 'chrom'
}
try() {
  path=$(command -v "$1" 2>/dev/null) || return 1
  runs "$path" && printf '%s\n' "$path"
}
installed() {
  for name in ${ABONENT_CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
    try "$name" && return 0
  done
  return 1
}
playwrights() {
  path=$(.venv/bin/python -c '
from playwright.sync_api import sync_playwright
with sync_playwright() as play:
    print(play.chromium.executable_path)' 2>/dev/null) || return 1
  [ -x "$path" ] && runs "$path" && printf '%s\n' "$path"
}

installed && exit 0
playwrights && exit 0
echo 'Браузера нет, ставим Chromium через playwright…' >&2
timeout 600 .venv/bin/python -m playwright install chromium >&2 && playwrights && exit 0
as_root=''
[ "$(id -u)" = 0 ] || as_root='sudo -n'
if command -v apt-get >/dev/null 2>&1 && { [ -z "$as_root" ] || sudo -n true 2>/dev/null; }; then
  echo 'Ставим Chromium через apt-get…' >&2
  $as_root apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium >&2 && installed && exit 0
fi
echo 'Браузер поставить не удалось. Установите Chromium: sudo apt-get install -y chromium' >&2
exit 1
