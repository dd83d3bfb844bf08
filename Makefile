# What a learner, a teacher or a maintainer types. `make` alone lists it.
# Needs: Python 3.11 or newer with venv and pip. Everything else goes into .venv.

PYTHON ?= python3
PORT ?= 8888
LAB_ARGS ?=
PYTEST_ARGS ?=
NOTEBOOKS ?=
STOPS ?=
SEED ?= 0
EXAM_PATH ?=

VENV := .venv
PY := $(VENV)/bin/python
# Three workers keep two cores busy: one of them often waits for a browser.
TESTS = -n 3 --dist loadfile --nbval --durations=15 $(PYTEST_ARGS) tests notebooks
INSTALL := $(PY) -m pip install -qq --disable-pip-version-check

# The packages and kernels of .venv alone, whatever the shell has set.
unexport PYTHONPATH PYTHONHOME JUPYTER_PATH
export JUPYTER_PREFER_ENV_PATH := 1
# Into .venv, also where the shell or a pip.conf asks for the user's own folder.
export PIP_USER := 0
# For the shell, as a variable of its own: the folder's name may hold an apostrophe.
export PYTHON
export COURSE := $(CURDIR)
# The course's matrices are small: a second thread gains little, and costs much where cores are shared.
export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help lab book test test-book test-oldest test-newest hub test-hub notebooks paths teacher bench claims pins clean

help:  ## list these commands
	@echo "make lab        open the course in JupyterLab (PORT=8890 for another port)"
	@echo "make book       build pages and slides that need no kernel and no network (NOTEBOOKS=02_forward_pass for one)"
	@echo "make test       run every test, and every notebook against its stored outputs"
	@echo "make test-book  build the whole book and try every page and slide in a browser without a network"
	@echo "make test-oldest  run every test with the oldest packages that pyproject.toml allows"
	@echo "make test-newest  run every test with the newest packages that there are"
	@echo "make hub        make the JupyterHub of hub/ in build/hub, with the course from its wheel (needs npm)"
	@echo "make test-hub   start a JupyterHub with thirty learners and measure it (needs npm; LEARNERS=10 for fewer)"
	@echo "make notebooks  run the notebooks again and store them in their normal form (NOTEBOOKS=02_forward_pass for one)"
	@echo "make paths      run each path through the course with all its extras left out (STOPS=03 for one notebook)"
	@echo "make teacher    make the teacher's edition in build/teacher (SEED=7 for another exam, EXAM_PATH='a day' for one on a path)"
	@echo "make bench      compare the speed of a training step with PyTorch's (installs it for that alone)"
	@echo "make claims     run every notebook on 12 other starts and write docs/claims.md (takes about an hour)"
	@echo "make pins       find the newest versions of all packages and write requirements.txt"
	@echo "make clean      remove the environments .venv and everything that can be made again"

lab: $(VENV)/.lab
	@$(PY) -c 'import socket; socket.create_server(("localhost", $(PORT)))' 2>/dev/null \
	  || { echo "Port $(PORT) cannot be used, perhaps by another JupyterLab: choose another one, such as 'make lab PORT=$(if $(filter 8890,$(PORT)),8895,8890)'."; exit 1; }
	$(PY) -m jupyterlab --port=$(PORT) --ServerApp.port_retries=0 --ServerApp.root_dir="$$COURSE" \
	  --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(LAB_ARGS)

book: $(VENV)/.book
	$(PY) tools/make_book.py $(NOTEBOOKS)

test: $(VENV)/.test
	$(PY) -m pytest $(TESTS)

test-book: $(VENV)/.test
	$(PY) tools/make_book.py
	RNN_BOOK=build/book $(PY) -m pytest -p no:xdist tests/browser/test_browser_book.py

# Each with an environment of its own, made anew, since "newest" changes from day to day.
test-oldest: $(VENV)/.created
	$(call test_with,oldest,lowest-direct)

test-newest: $(VENV)/.created
	$(call test_with,newest,highest)

define test_with
	@$(INSTALL) uv
	$(PY) -m uv venv --quiet --clear --python $(PY) $(VENV)-$(1)
	$(PY) -m uv pip compile --quiet --resolution $(2) --all-extras --no-annotate \
	  --python $(VENV)-$(1)/bin/python --output-file $(VENV)-$(1)/requirements.txt pyproject.toml
	$(PY) -m uv pip install --quiet --python $(VENV)-$(1)/bin/python \
	  -r $(VENV)-$(1)/requirements.txt -e .
	$(VENV)-$(1)/bin/python -m pytest $(TESTS)
endef

# The hub of hub/, in build/hub: an environment of its own with the course from its wheel.
# Learners are other users of the system, who must be able to run its Python: name one outside of
# your home folder.
HUB := build/hub
HUB_PYTHON ?= $(PYTHON)
LEARNERS ?= 30

hub: $(VENV)/.created
	@command -v npm >/dev/null || { echo "The hub's proxy comes from npm: install Node.js 20 or newer, with npm."; exit 1; }
	@mkdir -p $(HUB) && rm -rf $(HUB)/wheel
	@test -x $(HUB)/venv/bin/python || "$(HUB_PYTHON)" -m venv $(HUB)/venv
	cp hub/* $(HUB)
	cd $(HUB) && npm install --silent --no-audit --no-fund
	$(PY) -m pip wheel -qq --disable-pip-version-check --no-deps -w $(HUB)/wheel .
	$(HUB)/venv/bin/python -m pip install -qq --disable-pip-version-check -c requirements.txt \
	  -r $(HUB)/requirements.txt $(HUB)/wheel/*.whl
	$(HUB)/venv/bin/python -m pip install -qq --disable-pip-version-check \
	  --force-reinstall --no-deps $(HUB)/wheel/*.whl  # also where the version is the same

test-hub: $(VENV)/.test hub
	RNN_HUB=$(HUB) RNN_HUB_LEARNERS=$(LEARNERS) $(PY) -m pytest -p no:xdist -s -v tests/repository/test_hub_class.py

notebooks: $(VENV)/.test
	$(PY) tools/normalise_notebooks.py $(NOTEBOOKS)

paths: $(VENV)/.test
	$(PY) tools/run_paths.py $(STOPS)

teacher: $(VENV)/.test
	$(PY) tools/teacher.py --seed $(SEED) --path "$(EXAM_PATH)" $(NOTEBOOKS)

bench: $(VENV)/.lab
	@$(PY) -c 'import torch' 2>/dev/null || $(INSTALL) torch==2.13.0
	$(PY) tools/bench.py

claims: $(VENV)/.test
	$(PY) tools/claims.py $(NOTEBOOKS)

pins: $(VENV)/.created
	@$(INSTALL) uv
	$(VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras \
	  --no-annotate --custom-compile-command 'make pins' --output-file requirements.txt pyproject.toml

clean:
	rm -rf $(VENV) $(VENV)-oldest $(VENV)-newest build *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# ---- the environment ----
# .venv/.created names the folder it was made in; .venv/.installing is there while pip works.
# A folder moved, a Python removed or an installation interrupted: then it is made anew.
SOUND := $(shell test -x $(PY) && test ! -e $(VENV)/.installing && cat $(VENV)/.created 2>/dev/null)
ifneq ($(SOUND),$(CURDIR))
.PHONY: $(VENV)/.created
endif

$(VENV)/.created:
	@command -v "$$PYTHON" >/dev/null \
	  || { echo "No Python called '$$PYTHON' was found: install Python 3.11 or newer, or name yours with 'make PYTHON=/path/to/python3'."; exit 1; }
	@"$$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "The course needs Python 3.11 or newer, and '$$PYTHON' is $$("$$PYTHON" --version 2>&1): name a newer one with 'make PYTHON=/path/to/python3'."; exit 1; }
	@"$$PYTHON" -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "'$$PYTHON' cannot make environments: install its venv package (on Debian and Ubuntu: sudo apt install python3-venv), then try again."; exit 1; }
	@echo "Making the environment $(VENV) (once; it takes a minute or two) ..."
	@"$$PYTHON" -m venv --clear $(VENV)
	@printf '%s\n' "$$COURSE" > $@

COMMA := ,
define install
	@touch $(VENV)/.installing
	@$(INSTALL) -c requirements.txt -e '$(1)' \
	  || { echo "The packages could not be installed: read pip's message above, check the network, then try again."; exit 1; }
	@$(PY) -c 'import matplotlib.font_manager'  # lists the fonts once, which the first notebook would report
	@rm $(VENV)/.installing
endef

$(VENV)/.lab: $(VENV)/.created pyproject.toml requirements.txt
	$(call install,.)
	@touch $@

$(VENV)/.book: $(VENV)/.created pyproject.toml requirements.txt
	$(call install,.[book])
	@touch $(VENV)/.lab $@

$(VENV)/.test: $(VENV)/.created pyproject.toml requirements.txt
	$(call install,.[book$(COMMA)test])
	@touch $(VENV)/.lab $(VENV)/.book $@
