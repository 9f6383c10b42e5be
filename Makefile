# Wardline. `make` alone prints this help; it is made from the ## comments.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The interpreters to try for .venv, in this order: the first that runs and is new enough is taken. PYTHON=… names one.
PYTHON ?= python3 python3.11 python3.12 python3.13
BIN := .venv/bin
# Neither the shell's lines here nor the supervisor's settings can quote a path with quotation marks in it.
ifneq (,$(findstring ',$(CURDIR))$(findstring ",$(CURDIR)))
$(error the path $(CURDIR) holds a quotation mark: move the project to a path without one)
endif
# What the environment was made from, and where: it holds this directory's path, and is stale in another.
STAMP := .venv/installed-$(shell { cat requirements.lock pyproject.toml; echo '$(CURDIR)'; } | cksum | tr ' ' '-')
WORKERS ?= 2

# For the targets that run the system; tests make their own.
HOME_DIRECTORY := $(or $(WARDLINE_HOME),$(CURDIR)/var)
run demo: export WARDLINE_HOME := $(HOME_DIRECTORY)
run demo: export WARDLINE_SPACE := $(or $(SPACE),$(WARDLINE_SPACE),demo)

.PHONY: help setup prepared jars scripts run demo test check faults benchmarks pictures lock clean

help: ## print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F '\t' '{printf "  make %-11s %s\n", $$1, $$2}'
	@echo "  SPACE=live make run   another space than demo; settings are WARDLINE_… variables (docs/operations.md)"

setup: prepared ## make the environment: packages from requirements.lock, the broker's jars by Maven
	@echo "ready 已就绪: make demo, or make run"

prepared: $(STAMP) jars scripts

$(STAMP): requirements.lock pyproject.toml
	@if [ -d .venv ] && [ "$$(cat .venv/directory 2>/dev/null)" != '$(CURDIR)' ]; then \
	  echo "the environment was made in another directory: making it anew"; rm -rf .venv; fi
	@for python in $(BIN)/python $(PYTHON); do \
	  if "$$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; python=; done; \
	  test -n "$$python" || { echo "Python 3.11 or newer is missing: install it with its venv module," \
	    "or use Docker (docker compose up)." >&2; exit 1; }; \
	  echo "making .venv with $$($$python --version) from requirements.lock …"; \
	  test "$$python" = $(BIN)/python || "$$python" -m venv --clear .venv
	@rm -f .venv/installed-*
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo '$(CURDIR)' > .venv/directory
	@touch $(STAMP)

jars: $(STAMP)
	@if [ -z "$${WARDLINE_KAFKA:-}" ]; then $(BIN)/python -m ops.embedded.jars --quiet --home "$(HOME_DIRECTORY)"; fi

scripts: $(STAMP)
	@$(BIN)/python -m ops.web.scripts --home "$(HOME_DIRECTORY)"

run: prepared ## start the broker and the services on this machine and stay up (Ctrl-C stops everything)
	@$(BIN)/wardline up

demo: prepared ## the same with the sample cases, shows their lives and stops by itself
	@$(BIN)/wardline up --demo

check: $(STAMP) ## format, lint, types, import rules, schemas and documents fresh
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -q tests/contract

test: prepared check ## everything that must hold, on a real broker too (under 15 minutes on 2 cores)
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not long" --ignore tests/benchmarks

faults: export WARDLINE_FAULT_INPUTS ?= 30000
faults: export WARDLINE_FAULT_KILLS ?= 40
faults: export WARDLINE_FAULT_PAUSES ?= 10
faults: prepared ## kill, pause, cut and forge for longer
	@$(BIN)/pytest -v -m "long or not long" --timeout 3600 tests/faults
	@SIMULATION_SEED="$$RANDOM $$RANDOM $$RANDOM" SIMULATION_WEEKS=20 $(BIN)/pytest -v -s --timeout 3600 tests/simulation

benchmarks: prepared ## measure against bare pipelines on the same broker, side by side in one run each
	@for name in intake triage latency policy replay decide desk desk_pages; do echo "== $$name"; $(BIN)/python -m tests.benchmarks.bench_$$name; done

pictures: export WARDLINE_SCREENSHOTS ?= docs/pictures
pictures: prepared ## take the pictures of docs/desk.md anew, from the test of a day at the desk (needs Chromium)
	@$(BIN)/pytest -q tests/e2e/test_desk_day.py

lock: $(STAMP) ## solve pyproject.toml anew into requirements.lock, with hashes and without addresses
	@$(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --strip-extras \
	  --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	  --output-file requirements.lock pyproject.toml
	@! grep -nE '^ *-|https?://' requirements.lock | grep -v -- '--hash=' || { echo "requirements.lock names an address" >&2; exit 1; }

clean: ## remove what was built or cached; what the system stored under var/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist *.egg-info
