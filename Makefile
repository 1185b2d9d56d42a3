# make run    sets Thaw up and serves a demo clinic on this machine (PORT, THAW_DATA_DIR)
# make test   sets up what the tests need and runs all of them
# make lint   the checks that need no server: style, types, layers, content
# make faults the fault rigs of docs/faults.md at their full length (an hour; RIGS=F2 runs one)
# make bench  the benchmarks, as one table of ratios (BENCH="--only clock" runs some)
# make pictures  photographs every page into var/pictures (three languages, two widths, two modes)
# make words  brings the catalogues up to date with what the pages say (CODES=pt adds a language)
# make clean  removes what the others made, but never the data folder
PORT ?= 8000
THAW_DATA_DIR ?= $(CURDIR)/var
export PORT THAW_DATA_DIR

.DEFAULT_GOAL := run
.PHONY: run test lint faults bench clean ready ready-for-tests

ready:
	@python=$$(sh set-up/find-python.sh) && "$$python" set-up/prepare.py

ready-for-tests:
	@python=$$(sh set-up/find-python.sh) && "$$python" set-up/prepare.py --for-tests
	@.venv/bin/python set-up/machine_for_tests.py

run: ready
	@exec .venv/bin/thaw run

# Tests run even where a check of style fails, so that pytest's summary is always the end.
test: ready-for-tests
	@status=0; \
	$(MAKE) --no-print-directory --keep-going checks || status=1; \
	.venv/bin/python -m pytest -n 2 || status=1; \
	exit $$status

lint: ready-for-tests
	@$(MAKE) --no-print-directory --keep-going checks

.PHONY: checks check-style check-format check-types check-layers check-content
checks: check-style check-format check-types check-layers check-content
check-style:
	.venv/bin/ruff check .
check-format:
	.venv/bin/ruff format --check .
check-types:
	.venv/bin/mypy
check-layers:
	.venv/bin/lint-imports
check-content:
	.venv/bin/thaw check-content

# One after the other: a rig that shares its machine with another measures both. Each prints a line.
RIGS ?=
faults: ready-for-tests
	@THAW_FAULTS=full THAW_TEST_CALENDAR=full THAW_TEST_ESCALATION=10000 THAW_TEST_KILLS=200 THAW_TEST_QUIET_DAYS=7 \
	.venv/bin/python -m pytest tests/faults -s -p no:xdist $(if $(RIGS),-k "$(RIGS)")

BENCH ?=
bench: ready-for-tests
	@exec .venv/bin/python -m bench $(BENCH)

.PHONY: pictures
pictures: ready-for-tests
	@exec .venv/bin/python -m tests.browser.pictures

# Catalogues need no compiling: they are read as they are at start-up.
.PHONY: words
words: ready
	@.venv/bin/thaw words $(CODES)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
