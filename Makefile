# `make demo` and `make test` work on a fresh clone; the chores themselves are in noxfile.py.
# This file only makes the environment they run in: .venv, exactly as the lock files say.

PYTHON ?= python3
BIN := .venv/bin

# checkov's pins are its own; it gets an environment inside of .venv.
CHECKOV := orchestrator/adapters/checkov/requirements.lock

# A checksum rather than a time: a checkout touches files that did not change.
CHECKSUM := $(firstword $(shell cat requirements.lock $(CHECKOV) pyproject.toml | cksum))
READY := .venv/.installed-$(CHECKSUM)

SESSIONS := lint types unit contract modules sandbox provider apart scan docs reference site stubs bench release first_organization wheel

.DEFAULT_GOAL := help
.PHONY: help setup demo test long clean $(SESSIONS)

help:
	@echo "make demo     roll out the sample organization in a local sandbox (about 5 minutes)"
	@echo "make test     all tests (about 9 minutes on 2 cores); ends with their count"
	@echo "make long     the tests that take longer"
	@echo "make setup    only the environment, in .venv"
	@echo "make clean    remove what was built, but neither .venv nor the sandbox's state"
	@echo "make CHORE    one of: $(SESSIONS)"

setup: $(READY)

# Not --clear: a second checkout of an older lock is brought up to date in place.
$(READY):
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("$(PYTHON) is Python %d.%d, but 3.11 or newer is needed.\n  fix: install one and name it, as in: make PYTHON=python3.12 setup" % sys.version_info[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what the lock files name into .venv (two or three minutes, once)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m orchestrator.adapters.checkov.environment
	@rm -f .venv/.installed-*
	@touch $@

$(SESSIONS): $(READY)
	@$(BIN)/nox --session $@

# Not through nox, which would have the last word.
demo: $(READY)
	@$(BIN)/orchestrator demo

# The count comes last, whatever nox said before it.
test long: $(READY)
	@$(BIN)/python -m tests.report --forget $@
	@code=0; $(BIN)/nox --session $@ || code=$$?; \
	$(BIN)/python -m tests.report $@ || code=1; \
	exit $$code

clean:
	rm -rf site .build .demo .rehearsal .reports bench-results dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
