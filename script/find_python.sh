# Sourced by the scripts at the checkout's root: sets PYTHON to a usable interpreter.
# Python 3.11 to 3.13 with venv and pip; PYTHON in the environment wins.

case "$(uname -s)" in
  MINGW* | MSYS* | CYGWIN* | Windows*)
    echo "Windows is not supported. Use Linux or macOS, or Linux inside WSL 2." >&2
    exit 1
    ;;
esac

usable() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
    >/dev/null 2>&1 </dev/null
}

find_python() {
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
    if usable "$candidate"; then
      PYTHON=$candidate
      return 0
    fi
  done
  cat >&2 <<'MESSAGE'
No usable Python was found. The portal needs Python 3.11, 3.12 or 3.13 with its venv module
(on Debian and Ubuntu: apt-get install python3 python3-venv).
If yours is somewhere else, name it: PYTHON=/path/to/python3.12 script/server
MESSAGE
  return 1
}

find_python || exit 1
