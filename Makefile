# make run    the demonstration at http://localhost:8000 (PORT=8001 for another port)
# make test   everything that must hold, on SQLite, on PostgreSQL and in a real browser
# make lint   style, types, imports
# make bench  measured work, as a table and as build/bench.json
# make drill  kill the server, the worker and the database 200 times; nothing acknowledged may be lost
# make pictures  every page as every role, as PNG under build/pictures
# make lock   compile the *.in files into pinned requirements
# make clean  forget what was built (the demonstration's data in ./var stays)

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
# by logical processors: xdist counts the physical ones, which leaves half of a small machine idle
WORKERS ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count())")
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
RESULTS := build/tests
export PORT
# a machine may forbid it for its own reasons; here it makes every command start half a second later
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint sqlite postgresql browser bench drill pictures lock ready ready-to-test clean

help:
	@sed -n 's/^# //p' Makefile | sed '/^$$/q'

ready:
	@$(PYTHON) tools/prepare.py run

ready-to-test:
	@$(PYTHON) tools/prepare.py test

run:
	@$(PYTHON) tools/serve.py --port-is-free
	@$(MAKE) ready
	@exec $(BIN)/python tools/serve.py

test: lint
	@rm -rf $(RESULTS)
	@$(MAKE) sqlite
	@$(MAKE) postgresql
	@$(MAKE) browser
	@$(BIN)/python tools/tally.py $(RESULTS)

lint: ready-to-test
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

sqlite: ready-to-test
	$(PYTEST) -q -n $(WORKERS) --dist worksteal --ignore=tests/browser \
	    --database=sqlite --junit-xml=$(RESULTS)/sqlite.xml

postgresql: ready-to-test
	$(PYTEST) -q -n $(WORKERS) --dist worksteal tests/plumbing tests/rooms tests/journeys tests/attacks \
	    --database=postgresql --junit-xml=$(RESULTS)/postgresql.xml

browser: ready-to-test
	$(PYTEST) -q -n $(WORKERS) --dist loadfile tests/browser --junit-xml=$(RESULTS)/browser.xml

bench: ready-to-test
	@$(BIN)/python -m bench

drill: ready-to-test
	@$(BIN)/python -m drills kills
	@$(BIN)/python -m drills deadline

pictures: ready-to-test
	@$(BIN)/python -m tools.pictures

lock: ready-to-test
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header requirements-dev.in -o requirements-dev.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved

clean:
	rm -rf build static/build node_modules .venv .hypothesis .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
