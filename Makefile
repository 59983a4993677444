# make demo | test | test-all | lint | docs | audit | report | results | clean. Each makes .venv on its first run and reuses it afterwards.

VENV := .venv
BIN := $(VENV)/bin
FIND_PYTHON := for name in python3.11 python3.12 python3.13 python3 python; do \
	if $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; \
	then echo $$name; break; fi; done
PACKAGING := setup.cfg setup.py pyproject.toml
SPREAD := --numprocesses auto --maxprocesses 8 --dist loadfile
INSTALL = $(BIN)/python -m pip install --quiet --editable

.PHONY: demo test test-all lint docs audit report results clean

demo: $(VENV)/.installed
	$(BIN)/ecgmm analyze samples/sinus_with_pvcs.csv samples/sinus_with_pvcs.jpg \
		--plot --out demo-report
	@echo "Reports and plots: demo-report/"

# What is slow by nature (training, kills, browsers, notebooks, wheels) is left to test-all.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(SPREAD) -m 'not slow'

test-all: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(SPREAD) --hypothesis-profile=thorough

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The documentation as a site, in site/. Needs no network. Not --quiet: that hides warnings from --strict.
docs: $(VENV)/.installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# Known vulnerabilities of the locked dependencies. Asks PyPI's advisory database: needs a network.
audit: $(BIN)/python
	$(BIN)/python -m pip install --quiet 'pip-audit>=2.10,<3'
	$(BIN)/python -m pip_audit --strict --no-deps --disable-pip -r requirements.lock

# The released model's report: controls, seeds, peers, noise, figures. WHY opens the test set DS2.
report: $(VENV)/.installed-dev
	$(BIN)/ecgmm evaluate --controls runs/controls
	$(BIN)/ecgmm evaluate --seeds runs/controls
	$(BIN)/ecgmm evaluate --peers --noise
	$(BIN)/ecgmm evaluate --conditions
	$(if $(WHY),$(BIN)/ecgmm evaluate --peers --noise --open-ds2 "$(WHY)")
	$(BIN)/python -m ecgmm.evaluation.readme

# Figures of the newest report, and what the documented examples print, into the documents.
results: $(VENV)/.installed
	$(BIN)/python -m ecgmm.evaluation.readme
	$(BIN)/python docs/outputs.py README.md docs/*.md

clean:
	rm -rf $(VENV) demo-report build site dist *.egg-info

$(BIN)/python:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "Expected Python 3.11, 3.12 or 3.13 on the PATH. Received none." >&2; exit 2; fi; \
	echo "Making $(VENV) with $$python"; $$python -m venv $(VENV)

$(VENV)/.installed: $(PACKAGING) | $(BIN)/python
	@echo "Installing into $(VENV); the first time takes half a minute and 0.7 GB"
	$(INSTALL) .
	touch $@

$(VENV)/.installed-dev: $(PACKAGING) | $(BIN)/python
	@echo "Installing into $(VENV); the first time takes some minutes and 3 GB (TensorFlow)"
	$(INSTALL) '.[dev]'
	touch $@ $(VENV)/.installed
