# Two commands on a fresh machine: `make demo` shows ac365 at work, `make test` proves it.
# Everything lives in .venv, with every dependency locked by version and hash.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Some tests wait for processes: three at once keep two cores busy.
PYTEST_WORKERS ?= 3
# The tests start many processes: each would compile every module anew where Python is told to keep nothing.
unexport PYTHONDONTWRITEBYTECODE

# The first of these that is new enough. Set PYTHON to use another one.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$name" && break; \
	done)

.DEFAULT_GOAL := help
.PHONY: help venv demo test check bench lock audit secrets clean

help:  ## What there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(INSTALLED)  ## Both simulators, a first full sync, the two sides reconciled; ARGS="--once" ends after the table
	@$(BIN)/ac365 demo $(ARGS)

test: check  ## Every check, then the whole test suite
	@$(BIN)/pytest -q -n $(PYTEST_WORKERS) --dist worksteal $(ARGS)

check: $(INSTALLED)  ## Form, types and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

PEERS := .venv-peers
bench: $(INSTALLED) $(PEERS)/.installed  ## Every promised figure, then others on the same ground; hours; ARGS="--quick"
	@$(BIN)/python -m bench.budgets $(ARGS)
	@AC365_DLT_PYTHON=$(PEERS)/bin/python $(BIN)/python -m bench.compare

# What ac365 is compared with has an environment of its own: none of it belongs to ac365.
$(PEERS)/.installed: bench/peers/requirements.lock
	@$(PYTHON) -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/peers/requirements.lock
	@touch $(PEERS)/.installed

venv: $(INSTALLED)  ## The environment alone

# The compat mode puts this folder itself on the path. The other one looks packages up one by one, and last: a folder
# such as tests/cli would then be taken for the package cli.
AS_FOLDER := --no-deps --no-build-isolation --config-settings editable_mode=compat

# A lock or a package list that changed installs anew; otherwise this costs nothing.
$(INSTALLED): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { \
		echo "ac365 needs Python 3.11 or newer: none found. Install it, or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) can't make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
		exit 1; }
	@echo "Installing into $(VENV) ($$($(PYTHON) --version)); this takes a minute the first time."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(AS_FOLDER) --editable .
	@touch $(INSTALLED)

UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links pyproject.toml --extra simulators

lock: $(INSTALLED)  ## Newest versions of all dependencies into both locks
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(UV_COMPILE) --upgrade --output-file requirements.lock
	@$(UV_COMPILE) --upgrade --extra dev --constraint requirements.lock --output-file requirements-dev.lock

# Needs the network: what is known of weaknesses changes by the day. The tool has an environment of its own, since it
# brings more with it than what it looks at.
AUDIT := build/audit

audit:  ## Both locks against the list of known weaknesses (needs the network)
	@test -x $(AUDIT)/bin/pip-audit || { $(PYTHON) -m venv $(AUDIT) && $(AUDIT)/bin/python -m pip install --quiet \
		--disable-pip-version-check pip-audit==2.10.0; }
	@for lock in requirements.lock requirements-dev.lock; do \
		$(AUDIT)/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes --requirement $$lock || exit 1; done

secrets:  ## The files that docker-compose.yml reads credentials from; those that exist are kept
	@sh secrets/fill

clean:  ## Removes what was made here; the data of `ac365 up` and the secrets stay
	rm -rf $(VENV) $(PEERS) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
