#!/bin/sh
# Makes .venv with exactly the packages of requirements.lock; does nothing when it is up to date.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

usable() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null
}

# The lock decides the packages, pyproject.toml the programs that the package brings.
wanted() {
  .venv/bin/python - <<'PYTHON'
import hashlib, pathlib, sys
digest = hashlib.sha256(sys.version.encode())
for name in ("requirements.lock", "pyproject.toml"):
    digest.update(pathlib.Path(name).read_bytes())
print(digest.hexdigest())
PYTHON
}

if [ -x .venv/bin/python ] && usable .venv/bin/python && [ -f .venv/.stamp ] &&
  [ "$(cat .venv/.stamp)" = "$(wanted)" ]; then
  exit 0
fi

if ! { [ -x .venv/bin/python ] && usable .venv/bin/python; }; then
  found='' bare=''
  for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    usable "$candidate" || continue
    if "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
      found=$candidate
      break
    fi
    bare=${bare:-$candidate}
  done
  if [ -z "$found" ] && [ -n "$bare" ]; then
    version=$("$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    say "В Python $version нет модулей venv и ensurepip. Установите их и повторите команду:"
    say "  sudo apt-get install -y python$version-venv"
    exit 1
  fi
  if [ -z "$found" ]; then
    say 'Нужен Python 3.11, 3.12 или 3.13, а он не найден. Установите его и повторите команду:'
    say '  sudo apt-get install -y python3 python3-venv'
    say 'Если он установлен в другом месте, укажите его: make PYTHON=/путь/к/python3.12 …'
    exit 1
  fi
  say "Создаём .venv ($("$found" --version))…"
  "$found" -m venv --clear .venv
fi

say 'Устанавливаем пакеты из requirements.lock…'
python=.venv/bin/python
"$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip --upgrade >/dev/null
# uv does not read pip's settings; a company's mirror is usually named there.
mirror=$("$python" -m pip config get global.index-url 2>/dev/null || true)
[ -z "$mirror" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$mirror}"
# As pip does: the machine's certificates, among them those of a company's own proxy.
export UV_SYSTEM_CERTS=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Compiled once here, or every command would compile its libraries anew: a second each.
export UV_COMPILE_BYTECODE=1

with_uv() {
  "$python" -m pip install --quiet uv &&
    .venv/bin/uv pip sync --quiet --python "$python" --require-hashes requirements.lock &&
    { [ -x .venv/bin/uv ] && uv=.venv/bin/uv || uv=uv; } &&
    "$uv" pip install --quiet --python "$python" --no-deps --editable .
}
with_pip() {
  "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip --upgrade >/dev/null
  "$python" -m pip install --quiet --require-hashes --requirement requirements.lock &&
    "$python" -m pip install --quiet --no-deps --editable .
}
if ! with_uv; then
  say 'Через uv не получилось, пробуем pip…'
  with_pip
fi
wanted >.venv/.stamp
