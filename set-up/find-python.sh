#!/bin/sh
# Prints a Python that Thaw can use (3.11 or newer, able to make a virtual environment),
# or says in one sentence what is missing and how to get it.
candidates="${PYTHON:-} python3 python3.13 python3.12 python3.11"

for name in $candidates; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$name"
        exit 0
    fi
done

for name in $candidates; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "Thaw found $(command -v "$name"), but it cannot make a virtual environment." \
            "On Debian or Ubuntu run 'apt install python3-venv', then try again." >&2
        exit 1
    fi
done

if command -v python3 >/dev/null 2>&1; then
    found="Only $(python3 --version 2>&1) was found."
else
    found="No python3 was found."
fi
echo "Thaw needs Python 3.11 or newer. $found Install it from your system's packages" \
    "('apt install python3 python3-venv' on Debian 12 or newer, 'brew install python' on a Mac)," \
    "or name one: make run PYTHON=/path/to/python3.12" >&2
exit 1
