# Each target is self-sufficient on a machine with Python 3.11+, git and make: it creates .venv first.
PYTHON ?= python3
BIN := .venv/bin
EDITOR := src/lodeclaim/web/static/editor/editor.js
CORPUS ?= $(wildcard ../shared/corpus)

.PHONY: serve test build check
.DELETE_ON_ERROR:

serve: .venv/installed $(EDITOR)
	$(BIN)/lodeclaim serve

build: .venv/installed
	$(BIN)/lodeclaim build

check: .venv/installed
	$(BIN)/lodeclaim check $(addprefix --corpus ,$(CORPUS))

test: .venv/installed-dev $(EDITOR)
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(BIN)/pytest

# Without npm the query page is a plain form, which does the same.
$(EDITOR): $(wildcard editor/*.js editor/*.mjs editor/*.json)
	@if command -v npm >/dev/null; then (cd editor && npm ci && npm run build) >/dev/null 2>&1 \
	|| echo "The SPARQL editor was not built: 'npm ci && npm run build' in editor/ says why. The plain form does."; fi

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-dev: pyproject.toml .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/installed

.PHONY: planted
planted: .venv/installed-dev $(EDITOR) ; $(BIN)/python tests/support/planted_faults.py
