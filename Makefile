# Each target is self-sufficient on a machine with Python 3.11+, git and make: it creates .venv first.
PYTHON ?= python3
BIN := .venv/bin
CORPUS ?= $(wildcard ../shared/corpus)

.PHONY: serve test build check
.DELETE_ON_ERROR:

serve: .venv/installed
	$(BIN)/lodeclaim serve

build: .venv/installed
	$(BIN)/lodeclaim build

check: .venv/installed
	$(BIN)/lodeclaim check $(addprefix --corpus ,$(CORPUS))

test: .venv/installed-dev
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(BIN)/pytest

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-dev: pyproject.toml .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/installed
