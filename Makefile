# make            what can be done
# make demo       a first look, from nothing
# make test       everything that must hold

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3.11
TEST_PROCESSES ?= 2
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test slow browser check fix bench docs lock clean

help:  ## What can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## Install only: a virtual environment with locked, hashed dependencies

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies; this takes a minute or two."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: setup  ## A small city, trained and run for a week; its top cases on the screen
	@$(BIN)/jianbao demo

test: check  ## All checks and all tests but the slow ones
	$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadgroup

slow: setup  ## The tests that take minutes
	$(BIN)/python -m pytest -m slow

browser: setup  ## The tests that drive a real browser (needs Chromium)
	$(BIN)/python -m pytest -m browser

check: setup  ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: setup  ## Format and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup  ## Time the steps on cities of growing size
	$(BIN)/python -m bench.steps

docs: setup  ## Write the generated pages
	$(BIN)/jianbao catalog --out docs/catalogue.md

lock: setup  ## Resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra dev --python-version 3.11 --universal \
	  --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock

clean:  ## Remove what was made here, data apart
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
