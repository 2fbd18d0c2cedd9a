# Everything a person or CI types. Each target installs what it needs; see CONTRIBUTING.md.
.DEFAULT_GOAL := help
.PHONY: help demo states test sweeps test-detoxify drills integrations bench lint fmt docs wheel migration lock sbom audit clean
PYTHON ?= python3
RUN := .venv/bin/python
export PYTHON
# Tests start many processes: where bytecode is not to be kept, each of them would compile all it imports again.
export PYTHONDONTWRITEBYTECODE :=
# One slip of timing in 10,000 tests must not refuse a change: a test that fails runs once more, and the end of the
# run names it. Of more than five, none does.
AGAIN := --reruns 1 --max-suite-reruns 5 --rerun-show-tracebacks -rR
TESTS := $(RUN) scripts/services.py --in-memory $(RUN) -m pytest -n $${JOBS:-4} --dist worksteal $(AGAIN)

help:  ## show this
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo:  ## an invented newspaper with everything running (PORT, DATA_DIR)
	@sh scripts/setup.sh
	@exec .venv/bin/commentsvc demo

states:  ## take screenshots of every state of the box in all sizes, colors and directions (FOLDER)
	@sh scripts/setup.sh test
	@$(RUN) scripts/need.py
	@$(RUN) scripts/states.py $${FOLDER:-states}

test:  ## the tests, on SQLite and on PostgreSQL with Redis, but only samples of the costliest (ARGS="-k name" for some)
	@sh scripts/setup.sh test
	@$(RUN) scripts/need.py
	@$(TESTS) -m "not drill and not sweep and not detoxify" $(ARGS)

sweeps:  ## the costly tests that `make test` leaves out, in Chromium and on PostgreSQL
	@sh scripts/setup.sh test
	@$(RUN) scripts/need.py
	@$(TESTS) -m "sweep and not drill" $(ARGS)

test-detoxify:  ## the heavy scorers, on checkpoints in detoxify's format, in .venv-detoxify (torch: large)
	@sh scripts/setup.sh test
	@test -x .venv-detoxify/bin/python || $(RUN) -m venv .venv-detoxify
	@.venv-detoxify/bin/python -m pip install --quiet --disable-pip-version-check -r scripts/detoxify.txt
	@$(RUN) -m pytest -m detoxify tests/toxicity $(ARGS)

drills:  ## the long checks: attack vectors, kills, faults, Firefox and WebKit, property tests with new input; figures at the end
	@sh scripts/setup.sh test,browsers,docs
	@$(RUN) scripts/need.py drills
	@$(RUN) scripts/services.py $(RUN) -m pytest -m "drill or hypothesis" --hypothesis-profile search $(ARGS)

integrations:  ## the WordPress plugin in a real WordPress with MariaDB (both are downloaded)
	@sh scripts/setup.sh test
	@$(RUN) scripts/wordpress.py
	@$(RUN) -m pytest -m drill tests/drills/wordpress $(ARGS)

bench:  ## measure side by side with a bare route, nginx and Isso (BENCH=name for one)
	@sh scripts/setup.sh test
	@$(RUN) scripts/need.py
	@$(RUN) scripts/services.py $(RUN) -m bench $(BENCH)

lint:  ## ruff, mypy, djangofmt for templates, Biome and TypeScript for static/, schemas for deploy/
	@sh scripts/setup.sh test,lint
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@.venv/bin/djangofmt --check --quiet commentsvc
	@.venv/bin/djangofmt --quiet check commentsvc
	@$(RUN) scripts/check_js.py
	@.venv/bin/hadolint Dockerfile
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.compose-spec deploy/compose.yaml deploy/compose.scale.yaml
	@.venv/bin/kubernetes-validate --quiet --strict $(filter-out %/kustomization.yaml,$(wildcard deploy/kubernetes/*.yaml))

fmt:  ## let ruff, djangofmt and Biome format the code, and minify the box's scripts
	@sh scripts/setup.sh test,lint
	@$(RUN) -m ruff format .
	@.venv/bin/djangofmt --quiet commentsvc
	@$(RUN) scripts/check_js.py fmt

docs:  ## the documentation as a site, in build/docs
	@sh scripts/setup.sh docs
	@$(RUN) scripts/docs/build.py

wheel:  ## build dist/*.whl
	@sh scripts/setup.sh
	@$(RUN) -m pip wheel --quiet --no-deps --wheel-dir dist .

migration:  ## write a migration for what changed in the models (MESSAGE="…")
	@sh scripts/setup.sh test
	@$(RUN) scripts/migration.py "$(MESSAGE)"

lock:  ## requirements.lock: the newest versions that pyproject.toml allows, with hashes
	@sh scripts/setup.sh test,packages
	@$(RUN) scripts/packages.py lock

sbom:  ## dist/commentsvc.cdx.json: all packages of requirements.lock, for CycloneDX
	@sh scripts/setup.sh
	@$(RUN) scripts/packages.py sbom

audit:  ## known vulnerabilities of what requirements.lock names (asks the internet)
	@sh scripts/setup.sh test,packages
	@$(RUN) scripts/packages.py audit

clean:  ## remove what was built (not .venv, not data)
	@rm -rf dist build .pytest_cache .ruff_cache .mypy_cache .hypothesis
