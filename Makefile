# The one list of commands. `make help` prints it.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
UV := .venv/bin/uv
RUN := $(UV) run --frozen --no-sync

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"

.venv/.synced: .venv/bin/uv pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --inexact
	touch $@

setup: .venv/.synced ## Prepare the environment in .venv

help: ## Print this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16
.PHONY: setup help
