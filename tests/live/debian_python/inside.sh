#!/usr/bin/env bash
# What run.sh runs in the other Debian.
set -euo pipefail
cd /antiphon
export CC=false CXX=false PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_PROFILE=versions PIP_DISABLE_PIP_VERSION_CHECK=1
python3 --version
readme=$(grep -m 1 -E '^python3 -m venv .*antiphon demo$' README.md)
bash -euc "$readme --fast" >/tmp/demo 2>&1 || { cat /tmp/demo; exit 1; }
echo "The README's first command works: $readme"
.venv/bin/pip list 2>/dev/null | grep -E '^(python-rtmidi|supriya-midi|JACK-Client) '
.venv/bin/pip install -q '.[dev]'
.venv/bin/pytest -q -n 2 -m "not live and not train" | tail -n 1
.venv/bin/pip install -q '.[train]'
.venv/bin/pytest -q -n 2 tests/antiphon_training/corpus/test_scores.py tests/antiphon_training/fit/test_train.py | tail -n 1
