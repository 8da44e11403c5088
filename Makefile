# Each target is self-sufficient on a machine with Python 3.11+, git and make: it creates .venv first.
PYTHON ?= python3
BIN := .venv/bin
# One more than there are processors: some tests do nothing but wait.
PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(min(8, os.cpu_count() + 1))')
PYTEST = $(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
CORPUS ?= $(wildcard ../shared/corpus)
PYENV := $(wildcard $(HOME)/.pyenv/versions/3.*/bin/python)
# What is installed is what was tested. Up to 25.2 pip takes the first for the build backend too, later the second.
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	$(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: serve test quick build check editor planted docs refresh matrix
# Each server that the tests start would compile the sources anew.
unexport PYTHONDONTWRITEBYTECODE
.DELETE_ON_ERROR:

serve: .venv/installed editor
	$(BIN)/lodeclaim serve

build: .venv/installed
	$(BIN)/lodeclaim build

check: .venv/installed
	$(BIN)/lodeclaim check $(addprefix --corpus ,$(CORPUS))

test: .venv/installed-dev editor
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(PYTEST)

# What a change of the ontology, the rules, the data or the pages shows at once.
quick: .venv/installed-dev
	$(BIN)/ruff check src tests
	$(PYTEST) -m "not stores and not browser and not java and not security and not slow"

# Plants known faults, one after the other, and shows that the tests of each folder notice.
planted: .venv/installed-dev editor
	$(BIN)/python tests/support/planted_faults.py

# The quick tests with every Python from 3.11 that is here; `make matrix TOX='-e py313'` takes one.
matrix: .venv/tools/installed
	.venv/tools/bin/tox run $(if $(PYENV),--discover $(PYENV)) $(TOX)

# Writes what of the documents is made from code, commands and rules: two drawings, docs/rules.md, docs/reference.md.
docs: .venv/installed-dev
	cd tests && for page in architecture derivations reference; do $(abspath $(BIN))/python -m support.$$page || exit; done

# Renews what is pinned: CONTRIBUTING.md says how.
refresh: .venv/tools/installed
	.venv/tools/bin/python tests/support/refresh.py

# Without npm the query page is a plain form, which does the same.
editor: .venv/bin/python
	@$(BIN)/python editor/build.py

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml constraints.txt .venv/bin/python
	$(PIP) --editable '.[serve]'
	@touch $@

.venv/installed-dev: pyproject.toml constraints.txt .venv/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ .venv/installed

.venv/tools/installed: constraints.txt .venv/bin/python
	$(BIN)/python -m venv .venv/tools
	.venv/tools/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt tox uv
	@touch $@
