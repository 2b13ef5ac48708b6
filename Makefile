# Rally needs Node 20.19 or newer, npm and make; everything else comes from npm. `make` alone prints the targets.

.DEFAULT_GOAL := help
.PHONY: help install build start start-distributed demo bot screenshots documents test tests-chat soak test-eventstoredb test-containers bench bench-full bench-community \
  bench-presence bench-rebuild bench-resume bench-web bench-compare bench-against client check clean

# Debian keeps nats-server where not everybody looks.
export PATH := $(PATH):/usr/sbin

# The lock file of the last install: what is installed is compared by content, since a checkout changes dates.
INSTALLED := node_modules/.installed-package-lock.json
BUILT := dist/.built
SOURCES := tsconfig.json tsconfig.build.json bundle.mjs package-lock.json $(shell find * \
  \( -name node_modules -o -name dist -o -name tests \) -prune -o \( -name '*.ts' -o -path 'web/*' -type f \) -print)

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## install the dependencies, if they have changed
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
	  || { echo "Rally needs Node 20.19 or newer (https://nodejs.org)"; exit 1; }
	@cmp -s package-lock.json $(INSTALLED) || { \
	  echo "Installing dependencies… (a minute or less)"; \
	  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && cp package-lock.json $(INSTALLED); }

build: install ## compile, if something has changed
	@$(MAKE) --silent --no-print-directory $(BUILT)

$(BUILT): $(SOURCES)
	@echo "Compiling… (a quarter of a minute)"
	@npm run --silent build
	@touch $@

start: build ## run all of Rally in this terminal, its data in ./.data
	@node --enable-source-maps dist/standalone/main.js

start-distributed: build ## run each service as processes of its own, two of each, over nats-server
	@node --enable-source-maps dist/local-cluster/main.js

demo: build ## let two people with two tabs each talk and meet at the running Rally
	@node --enable-source-maps dist/demo/main.js

bot: build ## let somebody answer there with one's own words, until Ctrl-C
	@node --enable-source-maps dist/demo/bot/main.js

screenshots: build ## take the pictures of the README, of the Rally that runs there; needs /usr/bin/chromium
	@node --enable-source-maps dist/demo/screenshots/main.js

documents: install ## write docs/openapi.json and docs/asyncapi.json anew, from the schemas in protocol/
	@npm run --silent documents

client: build ## make the client's package, in dist/client-package, to be packed or published
	@node dist/packaging/main.js

check: install ## types, formatting, lint
	@npx tsc --noEmit
	@npx biome check .

test: install ## everything that is checked, and all tests, in a quarter to half an hour on 2 cores
	@$(MAKE) --silent --no-print-directory -j2 check build
	@npx vitest run

tests-chat: build ## the tests of chat and live events
	@npx vitest run tests/domain tests/command-service tests/gateway tests/community tests/duels tests/housekeeping tests/e2e

# Each says how often in the suite and how often here: grep soaking tests
soak: build ## what is rare: kills, outages and schedules, several times as many as in the suite, in half an hour
	@SOAK=1 npx vitest run tests/fault tests/duels tests/presence tests/frames-before-rows

test-eventstoredb: build ## the event store's promises, and the chat's, on the server at EVENTSTORE_URL
	@[ -n "$$EVENTSTORE_URL" ] || { \
	  echo "Say which server: EVENTSTORE_URL='esdb://127.0.0.1:2113?tls=false' make $@"; exit 1; }
	@npx vitest run --no-file-parallelism \
	  tests/event-store/eventstoredb.int.test.ts tests/e2e/eventstoredb.e2e.test.ts
	@command -v nats-server >/dev/null || { \
	  echo "The chat's half was left out: it needs a nats-server on the PATH (Debian: apt-get install nats-server)"; exit 1; }

test-containers: build ## the same on EventStoreDB, NATS and PostgreSQL in containers, where a Docker engine is
	@TEST_CONTAINERS=1 npx vitest run --no-file-parallelism tests/containers

# With EVENTSTORE_URL both also measure Rally and a limit loop on that EventStoreDB, in a minute and a half more.
bench: build ## measure Rally against the limit loop and a Socket.IO peer, in four minutes
	@node --enable-source-maps dist/bench/main.js

bench-full: build ## the same with all measures, in ten minutes
	@node --enable-source-maps dist/bench/main.js full

bench-community: build ## measure pages and announcements among 100,000 users, in a minute and a half
	@node --enable-source-maps dist/bench/community/main.js

bench-presence: build ## measure storms of tabs that connect, and what presence costs and leaves, in six minutes
	@node --enable-source-maps dist/bench/presence/main.js

bench-rebuild: build ## measure rebuilds of the read models while those in use serve, in two minutes
	@node --enable-source-maps dist/bench/rebuild/main.js

bench-resume: build ## measure how 10,000 tabs come back when a gateway is killed, in three minutes; needs a nats-server
	@node --enable-source-maps dist/bench/resume/main.js

bench-web: build ## measure the web client in a Chromium, with a long history, in a minute; needs /usr/bin/chromium
	@node --enable-source-maps dist/bench/web/main.js

bench-compare: build ## measure this tree and another one in turn, in seven minutes: BASE=<its path>, built
	@[ -n "$(BASE)" ] || { echo "Say what to compare with: make $@ BASE=<path of another built tree>"; exit 1; }
	@node --enable-source-maps dist/bench/compare/main.js "$(BASE)"

# The other tree is checked out and built beside this one, and removed at the end, however that comes.
bench-against: build ## the same against a commit, in ten minutes: REV=<commit, such as HEAD~1>
	@git rev-parse --quiet --verify "$(REV)^{commit}" >/dev/null || { echo "Say which commit: make $@ REV=HEAD~1"; exit 1; }
	@base=$$(mktemp -d); trap 'git worktree remove --force "$$base/tree"; rm -rf "$$base"' EXIT; \
	  git worktree add --quiet --detach "$$base/tree" "$(REV)" && $(MAKE) --silent --no-print-directory -C "$$base/tree" build \
	  && node --enable-source-maps dist/bench/compare/main.js "$$base/tree"

clean: ## remove what was built; data and dependencies stay
	@rm -rf dist
