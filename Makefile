# make demo and make test do their own set-up: they need python3 (3.11 or newer), pip and make, nothing else.
# Another Python beside the first: make test PY=python3.13 VENV=.venv-3.13
PY ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DEMO = results/demo
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench docs clean

help:
	@echo "make demo   set up, compare eight options for Kosovo (about five minutes on two cores), report in $(DEMO)"
	@echo "make test   set up, check style and types, run the tests"
	@echo "make lint   style and types only"
	@echo "make bench  time the model (experiments/benchmark.py)"
	@echo "make docs   write again what is generated: pages of docs/, executed lessons, the runs the studio opens with"
	@echo "make clean  remove $(VENV), caches, builds and $(DEMO)"

demo: $(VENV)/.stamp
	@test -d $(DEMO)/runs || rm -rf $(DEMO)  # a stopped comparison goes on
	$(BIN)/mandate compare mission=kosovo scale=0.1 \
	  package=do_nothing,zeid_2005,reform_2016,full_agenda,victim_centred,sanctions_only policy='[follow_up]' \
	  shock=none,surge,early_drawdown replicates=20 mechanism_replicates=5 mission.horizon_weeks=260 \
	  world=central,deterrence_weak,deterrence_strong,celerity_matters,security_neutral,mission_protective,commanders_suppress \
	  world_options=leading:2 world_shocks=none world_replicates=5 out=$(DEMO)

test: lint
	@$(BIN)/mandate prepare
	$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

lint: $(VENV)/.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy sim

bench: $(VENV)/.stamp
	$(BIN)/python experiments/benchmark.py

docs: $(VENV)/.stamp
	$(BIN)/python tools/write_docs.py
	$(BIN)/python tools/make_studio_pack.py

$(VENV)/.stamp: pyproject.toml setup.py constraints.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "mandate needs Python 3.11 or newer, and '$(PY)' is not: name one that is, e.g. make test PY=python3.13" >&2; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PY)' cannot make virtual environments: install the package python3-venv (Debian, Ubuntu) and try again" >&2; exit 1; }
	$(PY) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,viz]'
	@$(BIN)/mandate prepare
	@touch $@

clean:
	rm -rf $(VENV) $(DEMO) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +
