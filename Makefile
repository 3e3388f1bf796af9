# virgil_nb: everything there is to run. `make` lists it.
.DEFAULT_GOAL := help
.PHONY: help env lab demo test test-fast test-kernels lint format js bench model clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
JS_SOURCES := $(shell find js/src -type f 2>/dev/null) js/package.json js/package-lock.json $(wildcard js/*.mjs)
BUNDLE := virgil_nb/widget/static/widget.js

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.ready: pyproject.toml constraints.txt hatch_build.py
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "virgil_nb: building from source needs Node 20 or newer with npm; install it and try again."; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch==2.13.0
	VIRGIL_SKIP_JS=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

js/node_modules/.ready: js/package.json js/package-lock.json
	cd js && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUNDLE): js/node_modules/.ready $(JS_SOURCES)
	cd js && npm run --silent build

env: $(VENV)/.ready $(BUNDLE)  ## the virtual environment in .venv, and the editor built

js: $(BUNDLE)  ## build the editor's front end

lab: env  ## JupyterLab on the first lesson (ARGS="--no-browser --port 8899")
	$(BIN)/virgil lab $(ARGS)

demo: env  ## the first picture, in the terminal; it is left in output/
	$(BIN)/virgil demo --output output $(ARGS)

test: env lint  ## all tests: lint, vitest, unit, notebooks, browser
	cd js && npm run --silent typecheck && npm run --silent test && npm run --silent size
	$(BIN)/python -m pytest $(ARGS)

test-fast: env  ## unit tests without full-width models and browsers
	$(BIN)/python -m pytest -m "not slow and not ui" $(ARGS)

test-kernels: env  ## the workbench in other hosts: ipykernel 6.31 and 7.3, Colab's stack, Notebook 7 (ARGS="-k colab")
	$(BIN)/python -m tests.kernels.build
	$(BIN)/python -m pytest tests/kernels $(ARGS)

lint: env  ## ruff, mypy, import-linter, and the front end's linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd js && npm run --silent lint

format: env  ## rewrite the sources in the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: env  ## measure the engine beside a bare loop (and more as it comes)
	$(BIN)/python -m tests.bench $(ARGS)

model: env  ## fetch the data, train the shipped model again, and measure it (hours)
	MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=8589934592 $(BIN)/python -m training $(ARGS)

clean:  ## remove what was built, but not the virtual environment
	rm -rf dist build $(BUNDLE) js/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
