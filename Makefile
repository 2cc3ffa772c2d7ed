# What each target does, as plain commands: README.md, "Without make".
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export BENTOML_DO_NOT_TRACK := True
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: up test test-all check quick coverage lint format train evaluate bench bench-training bench-pages soak bench-overload \
	bench-beside bench-serving fuzz monitoring-check examples screenshots sbom audit lock clean

up: .venv/installed ## run everything: service, sketchpad, upload page
	@$(BIN)/python deploy/up.py

test: quick ## check the code and run the tests, without the longest
	$(BIN)/python -m pytest -m "slow and not long" -n 2 --dist loadfile

test-all: test ## run all tests: those too that train or measure for minutes
	$(BIN)/python -m pytest -m "slow and long"

check: test

quick: .venv/installed-dev lint ## check the code and run the tests that need no browser, no server process, no training
	$(BIN)/python -m pytest -m "not slow" -n 2 --quiet

coverage: .venv/installed-dev ## run all tests, a third slower, and say how much of each module they reach
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	@$(BIN)/coverage report | awk '$$1 ~ /py$$/ && $$NF + 0 < 85 { print "Under 85 %: " $$1 ", " $$NF }'

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: .venv/installed ## train a model, about an hour and a half on two cores
	$(BIN)/python -m pipeline train

evaluate: .venv/installed
	$(BIN)/python -m pipeline evaluate

bench: .venv/installed ## time the reading of a photograph, a sketch and a tiny picture on one core
	$(BIN)/python -m bench.reading

bench-training: .venv/installed ## time training until 99 % of the validation digits are read, beside Keras' example
	$(BIN)/python -m bench.training

bench-pages: .venv/installed ## read pages of all kinds with validation digits; the misread ones go to runs/pages
	$(BIN)/python -m bench.pages --out runs/pages

soak: .venv/installed-dev ## load a service for 20 minutes (SECONDS=1200) and watch its memory, answers and failures
	$(BIN)/python -m bench.soak --seconds $(SECONDS)
SECONDS := 1200

bench-overload: .venv/installed-dev ## send a service twice what it can do: what gets through, how soon the rest is refused
	$(BIN)/python -m bench.overload

bench-beside: .venv/installed-dev ## time small pictures alone and beside clients that send full pages
	$(BIN)/python -m bench.beside

bench-serving: .venv/installed-dev build/peers/installed ## time the service beside five other ways to serve digits
	build/peers/bin/python -m bench.serving

build/peers/installed: | .venv/bin/python # apart from .venv, on top of it: what the peers need is no requirement of ours
	$(BIN)/python -m venv build/peers
	$(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))" > "$$(build/peers/bin/python -c \
		"import sysconfig; print(sysconfig.get_path('purelib'))")/project.pth"
	build/peers/bin/python -m pip install --quiet "litserve>=0.2.17,<0.3"
	@touch $@

monitoring-check: .venv/installed-dev ## have Prometheus check deploy/monitoring and scrape a service
	@command -v promtool > /dev/null || \
		{ echo "error: promtool is not installed. It comes with Prometheus (Debian: apt-get install prometheus)." >&2; exit 1; }
	promtool check config deploy/monitoring/prometheus.yml
	promtool check rules deploy/monitoring/alerts.yml
	promtool test rules deploy/monitoring/alerts_test.yml
	$(BIN)/python -m pytest --quiet tests/project/test_scrape.py

examples: .venv/installed-dev ## make the pictures again that both pages offer to click
	PYTHONPATH=. $(BIN)/python tools/make_examples.py

screenshots: .venv/installed-dev ## make the pictures of both pages in docs/ again
	PYTHONPATH=. $(BIN)/python tools/make_screenshots.py

sbom: build/tools/installed ## list what is locked as CycloneDX in build/: of the service, and of everything
	$(SBOM) --output-file build/sbom-serving.json requirements-serving.lock
	$(SBOM) --output-file build/sbom-all.json requirements-dev.lock
# A lock file does not say what needs what: its warning that the dependency graph is incomplete says nothing new.
SBOM = $(TOOLS)/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible

audit: build/tools/installed ## look up known vulnerabilities of what is locked; exits 2 where they cannot be looked up
	@$(BIN)/python deploy/audit.py $(TOOLS)/pip-audit requirements-serving.lock requirements-dev.lock
TOOLS := build/tools/bin

fuzz: .venv/installed-dev ## send malformed requests to a real service, and fuzz the decoder, for FUZZ_SECONDS
	PYTHONPATH=.:tests $(BIN)/python -W ignore tests/fuzz/run.py --seconds $(FUZZ_SECONDS)
FUZZ_SECONDS ?= 1200

.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v[:2] not in ((3, 11), (3, 12), (3, 13)) and "error: Python 3.11, 3.12 or 3.13 is needed, found %d.%d. Name one: make PYTHON=python3.11" % v[:2])'
	$(PYTHON) -m venv .venv

.venv/installed: requirements.lock | .venv/bin/python
	@echo "Installing the locked requirements into .venv: a few minutes the first time"
	@$(BIN)/python -m pip install --quiet -r requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock | .venv/bin/python
	@echo "Installing the locked requirements of the tests into .venv: a few minutes the first time"
	@$(BIN)/python -m pip install --quiet -r requirements-dev.lock
	@touch $@ .venv/installed

build/tools/installed: | .venv/bin/python # apart from .venv: what they need is no requirement of the project
	$(BIN)/python -m venv build/tools
	build/tools/bin/python -m pip install --quiet "cyclonedx-bom>=7.5,<8" "pip-audit>=2.10,<3"
	@touch $@

lock: .venv/installed-dev ## bring the lock files up to date with requirements*.txt
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile $(LOCK) requirements-dev.txt --output-file requirements-dev.lock
	$(BIN)/uv pip compile $(LOCK) --constraints requirements-dev.lock requirements.txt --output-file requirements.lock
	$(BIN)/uv pip compile $(LOCK) --constraints requirements-dev.lock requirements-serving.txt --output-file requirements-serving.lock
LOCK := --quiet --universal --python-version 3.11 --no-header --no-annotate

clean:
	rm -rf .venv runs build .pytest_cache .mypy_cache .ruff_cache
