# The commands of every day. Plain `make` lists them.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export UV_COMPILE_BYTECODE := 1
export UV_LINK_MODE := copy
# Compiled modules are kept whatever the environment says: the tests start dozens of processes.
export PYTHONDONTWRITEBYTECODE :=
DIST := judging/static/dist/manifest.json
CATALOGUE := judging/translations/zh_Hans_CN/LC_MESSAGES/messages
APT := DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends

.PHONY: help demo run test check format lint types walls migrations-check messages messages-check assets browser database \
        lock migration bench bench-scoring bench-assignment docs wheel clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(VENV)/.ok $(DIST) $(CATALOGUE).mo  ## set up everything, play a whole edition, serve it on 127.0.0.1:$(PORT)
	$(BIN)/judging demo --port $(PORT)

run: $(VENV)/.ok $(DIST) $(CATALOGUE).mo  ## serve the installation in ./instance
	$(BIN)/judging run --port $(PORT)

test: $(VENV)/.ok $(DIST) $(CATALOGUE).mo browser database  ## set up everything, run every test
	$(BIN)/python -m pytest -n 2

check: $(VENV)/.ok $(DIST) $(CATALOGUE).mo lint types walls migrations-check messages-check  ## everything CI runs
	$(MAKE) test

lint: $(VENV)/.ok
	@echo "== format and lint"
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates

types: $(VENV)/.ok $(DIST)
	@echo "== types"
	$(BIN)/mypy judging scoring
	cd frontend && npx --no-install tsc --noEmit

walls: $(VENV)/.ok
	@echo "== import contracts"
	$(BIN)/lint-imports --config setup.cfg

migrations-check: $(VENV)/.ok
	@echo "== migrations against models"
	$(BIN)/judging db check

messages-check: $(VENV)/.ok
	@echo "== catalogue"
	$(BIN)/python -m judging.foundation.catalogue check

format: $(VENV)/.ok  ## format the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

messages: $(VENV)/.ok  ## extract texts, update the Chinese catalogue, list what lacks a translation
	$(BIN)/python -m judging.foundation.catalogue update

$(CATALOGUE).mo: $(CATALOGUE).po $(VENV)/.ok
	$(BIN)/python -m judging.foundation.catalogue compile

migration: $(VENV)/.ok  ## write a migration: make migration m="ballot version"
	$(BIN)/judging db revision "$(m)"

lock: $(VENV)/.ok  ## resolve the dependencies anew
	$(BIN)/uv pip compile setup.cfg --extra dev --universal --python-version 3.11 --generate-hashes -q -o requirements/dev.txt --custom-compile-command "make lock"
	$(BIN)/uv pip compile setup.cfg --extra prod --universal --python-version 3.11 --generate-hashes -q -o requirements/run.txt --custom-compile-command "make lock"

bench: $(VENV)/.ok $(DIST)  ## the benchmarks
	$(BIN)/python -m bench

bench-scoring: $(VENV)/.ok  ## the scoring engine's figures, peers in the same run (OPTIONS= passes paths of data)
	$(BIN)/python -m bench.all_scoring $(OPTIONS)

bench-assignment: $(VENV)/.ok  ## the assignment engine's figures, peers in the same run (OPTIONS= the data folder, --large, --quick)
	$(BIN)/python -m bench.all_assignment $(OPTIONS)

wheel: $(VENV)/.ok $(DIST) $(CATALOGUE).mo  ## build sdist and wheel into dist/
	$(BIN)/uv build -q

docs: $(VENV)/.ok $(DIST)  ## make the screenshots of the guide and the README anew
	$(BIN)/python -m docs.screenshots

assets: $(DIST)  ## build the front end

$(VENV)/.ok: requirements/dev.txt setup.cfg pyproject.toml
	@echo "== Python packages (about half a minute on a new machine)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q uv==0.13.9
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --require-hashes -r requirements/dev.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --no-deps -e .
	@touch $@

$(DIST): frontend/package-lock.json frontend/build.mjs frontend/fonts.mjs $(wildcard frontend/src/* frontend/src/*/*)
	@echo "== front end (about fifteen seconds on a new machine)"
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund && node build.mjs
	@touch $@

browser:
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || (apt-get update -qq && $(APT) chromium-headless-shell)
	@fc-list :lang=zh family | grep -q . || (apt-get update -qq && $(APT) fonts-noto-cjk)

database:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || (apt-get update -qq && $(APT) postgresql)

clean:  ## remove what was built (not instance/)
	rm -rf build dist *.egg-info judging/static/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
