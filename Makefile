# Two commands matter: `make demo` and `make test`. Everything lives in .venv/ and var/, nothing elsewhere but
# the embedded PostgreSQL's data, whose path must be short (see src/dutywatch/embedded.py).

PYTHON ?= python3
WORKERS ?= 2
SECONDS ?= 600
VENV   := .venv
PY     := $(VENV)/bin/python
READY  := $(VENV)/.ready

# A caller's settings must not reach the environment that is made here.
unexport PYTHONPATH PYTHONDONTWRITEBYTECODE PYTHONHOME VIRTUAL_ENV

.PHONY: help install demo up down test check lint bench fuzz crash oracle faults mutants coverage kill docs lock hook clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

install: $(READY)  ## make the environment, and nothing else: about two minutes, 1.2 GB
	@echo "dutywatch is installed: $(VENV)/bin/dutywatch"

demo: $(READY)  ## replay the Benxi storm of December 2023 through the real DAGs, then print what was decided
	@$(PY) -m dutywatch.orchestration.demo

up: $(READY)  ## start Airflow with its pages on this machine and leave it running
	@$(PY) -m dutywatch.orchestration.up

down: $(READY)  ## stop what `make up` started
	@$(PY) -m dutywatch.orchestration.up --stop

test: lint  ## run all tests, with everything that they need, in two processes (WORKERS=4 takes another number)
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not airflow"
	@$(PY) -m pytest -m airflow

check: lint  ## the commit hook: lint and the fast tests
	@$(PY) -m pytest -q -m "not airflow"

lint: $(READY)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-cache > var/lint-imports.txt || { cat var/lint-imports.txt; exit 1; }

bench: $(READY)  ## measure: parsing contracts; a file that lands until its message; receiving ten million rows; locating; judging at a tenth of full size (30 minutes)
	@$(PY) -m benchmarks.parse
	@$(PY) -m benchmarks.doorbell
	@$(PY) -m benchmarks.receive --rows 1250000 --times 1 2 4 8 --beside 8 --pandera --json var/receive.json
	@$(PY) -m benchmarks.locate
	@$(PY) -m benchmarks.judge --late --scale 0.1 --runs 3 --json var/judge-late.json
	@$(PY) -m benchmarks.judge --scale 0.1 --runs 3 --json var/judge-scenes.json

fuzz: $(READY)  ## throw made-up bytes at the parsers for 10 minutes: no crash, no lost line
	@$(PY) -m tests.receive.fuzz $(SECONDS)

crash: $(READY)  ## kill the demo at five points and compare the ledgers that it ends with (10 minutes)
	@$(PY) -m benchmarks.crash

oracle: $(READY)  ## hold the engine against its oracles on 10,000 cases a pattern (an hour on two cores)
	@mkdir -p var && cases=$${DUTYWATCH_ORACLE_CASES:-10000}; half=$$((cases / 2)); failed=0; \
		for file in test_oracle test_oracle_windows; do pids=; \
			for seed in 1 2; do DUTYWATCH_ORACLE_CASES=$$half $(PY) -m pytest -q tests/judge/$$file.py \
				-p no:cacheprovider --hypothesis-seed=$$seed > var/$$file-$$seed.txt 2>&1 & pids="$$pids $$!"; done; \
			for pid in $$pids; do wait $$pid || failed=1; done; done; \
		tail -n 5 var/test_oracle*.txt; exit $$failed

faults: $(READY)  ## put 35 faults into SQL and clock.py, one at a time: the tests must catch each (40 minutes)
	@$(PY) -m tests.faults

mutants: $(READY)  ## change clock.py in every small way, one at a time: what do its tests let pass? (MODULE=dutywatch.judge.gaps takes another, ENDING=7 a tenth of them, LIMITS="--seconds 600 --tests 80")
	@$(PY) -m tests.mutants $(MODULE) $(if $(ENDING),--ending $(ENDING)) $(LIMITS)

# each file is run by the tests of judging; JUDGING=tests/test_clock.py names others, and then less is covered
JUDGING ?= tests/test_clock.py tests/spec tests/judge tests/ledger tests/cli tests/receive/test_evidence.py
coverage: $(READY)  ## run the tests that reach judging: every line and branch of judge/ and clock.py must be run (3 to 10 minutes)
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile -m "not airflow" --cov --cov-report=term-missing $(JUDGING)

kill: $(READY)  ## kill receive and validate at 50 random instants and compare with an undisturbed run (8 minutes)
	@$(PY) -m benchmarks.kill

docs: $(READY)  ## regenerate what is generated in docs/
	@$(PY) -m dutywatch.cli schema > docs/contract.schema.json
	@$(PY) -m tests.spec.write

hook: $(READY)  ## make `make check` run before every commit
	@hooks=$$(git rev-parse --git-path hooks) && mkdir -p "$$hooks" && \
		printf '#!/bin/sh\nexec make check\n' > "$$hooks/pre-commit" && chmod +x "$$hooks/pre-commit"

lock: $(READY)  ## compile requirements.txt anew from pyproject.toml
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-header pyproject.toml -o requirements.txt

clean:  ## remove the environment, var/ and this checkout's embedded databases (refused while one of them runs)
	@if [ -x $(PY) ]; then $(PY) -m dutywatch.embedded --remove; \
		else echo "without $(VENV) the embedded databases, if there are any, stay: see src/dutywatch/embedded.py"; fi
	rm -rf $(VENV) var

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo "Dutywatch needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make environments: its venv or ensurepip is missing."; \
		echo "Install it: apt install python3-venv (Debian, Ubuntu), dnf install python3 (Fedora)."; exit 1; }
	@test -x $(PY) || { echo "making the environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@$(PY) -m uv --version >/dev/null 2>&1 || $(PY) -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
	@echo "installing what requirements.txt names (about 180 packages; 1.2 GB on disk)"
	@$(PY) -m uv pip install --quiet --python $(PY) --compile-bytecode --require-hashes -r requirements.txt
	@$(PY) -m uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@mkdir -p var && touch $(READY)
