# Two commands on a machine with nothing but Python 3.11 or newer and git: `make demo`, then `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

CHROMIUM ?= chromium --no-sandbox

.PHONY: demo picture test check lanes bench fixtures clean

$(BIN)/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "xscan needs Python 3.11 or newer; say make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(BIN)/.ready-dev: $(BIN)/.ready
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

demo: $(BIN)/.ready  ## analyse the parcel in fixtures/ and say where its report is
	mkdir -p demo-report
	$(BIN)/xscan calibrate fixtures/phantom.h5 --rods fixtures/phantom.json --out demo-report/calibration.json
	$(BIN)/xscan analyze fixtures/parcel/scan.h5 --declaration fixtures/parcel/declaration.json \
	  --templates fixtures/templates --calibration demo-report/calibration.json --out demo-report

picture: demo  ## the README's picture: the demo's report as a browser shows it (needs Chromium)
	$(CHROMIUM) --headless=new --disable-gpu --hide-scrollbars --window-size=1280,960 --virtual-time-budget=5000 \
	  --screenshot=$(CURDIR)/notebooks/images/report.png file://$(CURDIR)/demo-report/report.html
	$(BIN)/python -c 'from PIL import Image; p = "notebooks/images/report.png"; \
	  Image.open(p).convert("RGB").quantize(256).save(p, optimize=True)'

test: $(BIN)/.ready-dev  ## the default tests
	$(BIN)/python -m pytest -n logical --maxprocesses 8

check: $(BIN)/.ready-dev  ## layers, lint, types
	$(BIN)/lint-imports --no-cache
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

lanes: $(BIN)/.ready-dev  ## the kernels' tests again, with every index checked, and as plain Python
	NUMBA_BOUNDSCHECK=1 $(BIN)/python -m pytest tests/kernels -n logical --maxprocesses 8
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest tests/kernels -n logical --maxprocesses 8

bench: $(BIN)/.ready-dev  ## kernels against their peers, into benchmarks/results.json and benchmarks/README.md
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m benchmarks.kernels

fixtures: $(BIN)/.ready-dev  ## make the parcels in fixtures/ again, bit for bit
	$(BIN)/python -m fixtures

clean:
	rm -rf demo-report .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
