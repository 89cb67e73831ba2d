# The everyday commands. `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install toolchain build release run dev test sim conformance lint compose-check format clean

PERDURE := .build/debug/perdure
TEST_LOG := .build/test.log
SOURCES := Package.swift Sources Tests

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Install the system packages that are missing (apt-get)
	@.ci/install-dependencies

toolchain:
	@command -v swift >/dev/null || { echo "swift is not on PATH: install Swift 6.2 or later from https://www.swift.org/install and try again." >&2; exit 1; }

build: toolchain install ## Build for debugging
	swift build --product perdure

release: toolchain install ## Build for production, into .build/release/perdure
	swift build -c release --product perdure

run: build ## Run the sample workflow once, on a private database and broker, and print its result
	$(PERDURE) run document_analysis --local --input @config/samples/article.json

dev: build ## Start everything on this machine until Ctrl-C
	$(PERDURE) dev

test: toolchain install lint compose-check ## Check the style and the Docker files, build, and run all tests
	swift build --build-tests
	@swift test --skip-build --no-parallel 2>&1 | tee $(TEST_LOG) || { status=$$?; .ci/failed-tests $(TEST_LOG); exit $$status; }

# The first seed, how many, and how to build: a debug build is there after `make test`, a release build is several times faster.
SEED ?= 1
COUNT ?= 1000
SIM_BUILD ?= debug

sim: toolchain install ## Simulate coordinators, crashes and outages from seeds: SEED=1 COUNT=1000 SIM_BUILD=debug
	swift run -c $(SIM_BUILD) perdure-sim --seed $(SEED) --count $(COUNT)

# Folders with the cases of the two languages; one of them may be left out.
CEL ?=
SCHEMA ?=

conformance: toolchain ## Run the cases of CEL and of JSON Schema in two folders: CEL=… SCHEMA=…
	swift build --product perdure-conformance
	@.build/debug/perdure-conformance $(if $(CEL),--cel '$(CEL)') $(if $(SCHEMA),--schema '$(SCHEMA)')

lint: toolchain ## Check the style
	swift format lint --strict --parallel --recursive $(SOURCES)

compose-check:
	@if command -v docker-compose >/dev/null; then docker-compose config -q; elif docker compose version >/dev/null 2>&1; then docker compose config -q; fi

format: toolchain ## Format the sources in place
	swift format --in-place --parallel --recursive $(SOURCES)

clean: ## Remove what was built; the data in .perdure stays
	rm -rf .build
