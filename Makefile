# Everything that a checkout needs is installed into it: .venv for Python, .cache for what the tests build with.
# `make demo` and `make test` are all that a newcomer has to know.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
WORKERS ?= auto

.PHONY: demo test coverage lint unit peers bench lock clean help

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Broadsheet needs Python 3.11 or newer; found: $$($(PYTHON) --version)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python has no venv module here; on Debian: apt-get install python3-venv"; exit 1; }

$(STAMP): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Broadsheet into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(STAMP)
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(STAMP) ## the main job on a bundled sample web; leaves a site to open
	@$(BIN)/broadsheet demo demo

peers: $(DEV_STAMP) ## what the tests build with: Chromium, Hexo with themes, RSSHub
	@sh tests/peers/install.sh

lint: $(DEV_STAMP) ## format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

test: lint peers ## the whole suite, everything that it needs installed first
	@$(BIN)/python -m pytest -n $(WORKERS) tests

coverage: $(DEV_STAMP) ## branch coverage of what needs no peers, in one process
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m coverage run -m pytest -q -m "not peers and not slow" tests/unit tests/contract
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report

unit: $(DEV_STAMP) ## the quick part of the suite, without peers
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not peers" tests

bench: $(DEV_STAMP) ## the table of docs/benchmarks.md, measured now
	@$(BIN)/python -m benchmarks

lock: ## locks the dependencies anew (needs uv)
	uv pip compile pyproject.toml --generate-hashes --universal --python-version 3.11 --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --group dev --group bench --generate-hashes --universal --python-version 3.11 --no-header --no-annotate -q -o requirements-dev.lock

clean: ## removes all that was installed or made here
	rm -rf $(VENV) .cache demo .coverage*
