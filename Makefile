# make demo    the whole bot, live, without a token; creates .venv first
# make test    linters, type checks, import contracts and all tests
# make bench   measurements in at most 15 minutes; make bench-full takes hours
# make bench-page  measurements of the demo's page in a browser, in five minutes; needs Chromium
# make pictures  make the pictures of the docs anew; needs Chromium
# make lint    the same without the tests
# make format  fix formatting and imports
# make lock    update the lock files to the newest versions that pyproject.toml allows (needs uv)
# make messages  bring the translations of what the bot posts up to date, after its texts or translations have changed
# make sbom    write the list of all packages with their licences anew, after the lock has changed
# make clean   remove .venv and all caches

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test pictures bench bench-full bench-page lint format messages lock sbom clean
.DELETE_ON_ERROR:

demo: $(VENV)/run.stamp
	$(BIN)/feed-relay demo $(DEMO_ARGS)

test: lint
	$(BIN)/pytest -n auto

pictures: $(VENV)/dev.stamp
	$(BIN)/python -m tests.browser.pictures

# The tables come out on the terminal; build/benchmarks has the measurements as JSON, and plots.
bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks.poll --sizes 200
	$(BIN)/python -m benchmarks.poll --sizes 500 --short
	$(BIN)/python -m benchmarks.poll --sizes 50 --delay 0.2 --short
	$(BIN)/python -m benchmarks.poll --sizes 200 --one-site --cases 304 same --pairs 1
	$(BIN)/python -m benchmarks.memory --rounds 2
	$(BIN)/python -m benchmarks.startup --rounds 3
	$(BIN)/python -m benchmarks.busy_start
	$(BIN)/python -m benchmarks.deliver
	$(BIN)/python -m benchmarks.latency --rounds 50

bench-full: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks.poll --sizes 100 500 2000 10000
	$(BIN)/python -m benchmarks.poll --sizes 100 500 2000 10000 --short
	$(BIN)/python -m benchmarks.poll --sizes 500 --delay 0.2
	$(BIN)/python -m benchmarks.poll --sizes 2000 --one-site
	$(BIN)/python -m benchmarks.memory --feeds 100 2000 10000
	$(BIN)/python -m benchmarks.memory --feeds 2000 --servers 1000 --channels 20
	$(BIN)/python -m benchmarks.startup --entries 1000000
	$(BIN)/python -m benchmarks.move --posts 1000000 --kills 10 --in-a-row
	$(BIN)/python -m benchmarks.busy_start --rounds 20
	$(BIN)/python -m benchmarks.deliver --runs 3
	$(BIN)/python -m benchmarks.latency --rounds 1000

bench-page: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks.page_latency
	$(BIN)/python -m benchmarks.page_scroll

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade --extra postgres \
		pyproject.toml requirements-build.in --output-file requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade --extra postgres \
		pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade --extra postgres \
		pyproject.toml --group bench --constraint requirements.lock --output-file requirements-bench.lock

messages: $(VENV)/dev.stamp
	$(BIN)/python -m tests.text.translations

sbom: $(VENV)/dev.stamp
	$(BIN)/python -m tests.packaging.sbom

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# If a stamp is newer than its lock file, nothing is installed, so the second run works offline.
# The lock files list every package, hence --no-deps: otherwise pip would look up packages that others need with an extra.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "feed-relay needs Python 3.11 or newer; choose one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) --no-deps --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(PIP) --no-deps --require-hashes --requirement requirements-dev.lock
	touch $@

$(VENV)/bench.stamp: requirements-bench.lock $(VENV)/run.stamp
	$(PIP) --no-deps --require-hashes --requirement requirements-bench.lock
	touch $@
