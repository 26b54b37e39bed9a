# Two commands need nothing but Rust and a C compiler: `make demo` and `make test`. Whatever else they use is installed here.
SHELL := /bin/bash
CARGO ?= cargo
JOBS ?= 2
PYTHON := .venv/bin/python
SERVICE_PYTHON := tests/outside/.venv/bin/python
BUF := tests/outside/node_modules/.bin/buf
export CARGO_TERM_COLOR ?= auto

.PHONY: demo test build lint unit unit-pure outside outside-service traps chaos proto serve bench bench-peers clean help

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: need-rust ## the East Ayrshire programme: check, match, explain one pair, lose one coach
	$(CARGO) run --release -j$(JOBS) --quiet -- demo

build: need-rust ## the program, as it is released
	$(CARGO) build --release -j$(JOBS)

test: need-rust lint unit outside outside-service ## everything that must hold
	@echo "all tests passed"

lint: need-rust
	$(CARGO) fmt --check
	$(CARGO) clippy -j$(JOBS) --release --all-targets -- -D warnings

unit: need-rust need-postgres
	$(CARGO) test -j$(JOBS) --release

unit-pure: need-rust ## rules about several pairs without HiGHS: a build of its own, so not part of test
	$(CARGO) test -j$(JOBS) --no-default-features --test rows

outside: build venv proto ## against independent solvers and clients
	DYAD=target/release/dyad $(PYTHON) tests/outside/differential.py --count 600
	DYAD=target/release/dyad $(PYTHON) tests/outside/differential.py --rows --count 100
	DYAD=target/release/dyad $(PYTHON) tests/outside/groups.py --count 40
	DYAD=target/release/dyad $(PYTHON) tests/outside/worker.py
	DYAD=target/release/dyad $(PYTHON) tests/outside/terminal.py

outside-service: build service-venv node ## the service, with clients in Python and Node and by hand
	DYAD=target/release/dyad $(SERVICE_PYTHON) tests/outside/service.py
	DYAD=target/release/dyad $(SERVICE_PYTHON) tests/outside/refusals.py
	DYAD=target/release/dyad $(SERVICE_PYTHON) tests/outside/year.py

chaos: build service-venv ## a hundred times kill -9 under four writers: minutes, so not part of test
	DYAD=target/release/dyad $(SERVICE_PYTHON) tests/outside/year.py --kills 100

traps: build service-venv ## what keeps the service alive, by hand over a socket: waits for time-outs, so not part of test
	DYAD=target/release/dyad $(SERVICE_PYTHON) tests/outside/traps.py

proto: node ## the proto: its style, and that no client of a release breaks
	$(BUF) lint
	$(BUF) breaking --against proto/released.binpb

serve: need-rust ## the service, on 127.0.0.1:7878
	$(CARGO) run --release -j$(JOBS) --quiet -- serve

bench: need-rust ## the stages, by criterion
	$(CARGO) bench -j$(JOBS)

bench-peers: build venv bench-data/lemon ## side by side with other solvers; writes docs/benchmarks.md
	$(CARGO) build --release -j$(JOBS) --example core --example csv_pass --example rows --example contingencies
	$(PYTHON) benches/peers/peers.py --quick
	$(PYTHON) benches/peers/rowed.py --quick
	$(PYTHON) benches/peers/repairs.py
	$(PYTHON) benches/peers/command.py

bench-peers-full: build venv bench-data/lemon ## the same, with the large instances
	$(CARGO) build --release -j$(JOBS) --example core --example csv_pass --example rows --example contingencies
	$(PYTHON) benches/peers/peers.py --full
	$(PYTHON) benches/peers/rowed.py --full
	$(PYTHON) benches/peers/repairs.py
	$(PYTHON) benches/peers/command.py

clean:
	$(CARGO) clean
	rm -rf .venv bench-data tests/outside/.venv tests/outside/node_modules

# --- prerequisites -----------------------------------------------------------------------------------------------------


.PHONY: need-rust need-cc need-highs need-postgres venv service-venv node bench-peers-full

need-rust: need-cc need-highs
	@command -v $(CARGO) >/dev/null || { \
	  echo "cargo is missing. Rust $$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml) is needed: install it with rustup (https://rustup.rs)."; exit 1; }

need-cc:
	@command -v cc >/dev/null || $(call install,gcc libc6-dev,cc)

# HiGHS is built from source: cmake, a C++ compiler, and libclang for its bindings.
need-highs:
	@{ command -v cmake && command -v make && command -v g++; } >/dev/null || $(call install,cmake make g++,cmake or a C++ compiler)
	@ls /usr/lib/llvm-*/lib/libclang*.so* 2>/dev/null | grep -qv cpp || $(call install,libclang1-14,libclang)

# The tests of the store start a cluster of their own; the one that the package may start is not touched.
need-postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || $(call install,postgresql,PostgreSQL)

venv: .venv/ready
.venv/ready: benches/peers/requirements.txt
	@command -v python3 >/dev/null && python3 -c 'import venv, ensurepip' 2>/dev/null || $(call install,python3 python3-venv,python3)
	python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r benches/peers/requirements.txt
	touch $@

# Apart, because the solvers of other people and the gRPC clients want different versions of protobuf.
service-venv: tests/outside/.venv/ready
tests/outside/.venv/ready: tests/outside/requirements.txt
	@command -v python3 >/dev/null && python3 -c 'import venv, ensurepip' 2>/dev/null || $(call install,python3 python3-venv,python3)
	python3 -m venv tests/outside/.venv
	$(SERVICE_PYTHON) -m pip install --quiet --disable-pip-version-check -r tests/outside/requirements.txt
	touch $@

node: tests/outside/node_modules/.package-lock.json
tests/outside/node_modules/.package-lock.json: tests/outside/package-lock.json
	@command -v npm >/dev/null || $(call install,nodejs npm,npm)
	npm install --silent --no-audit --no-fund --prefix tests/outside
	@touch $@

bench-data/lemon: benches/peers/lemon.cpp
	@test -f /usr/include/lemon/network_simplex.h || $(call install,liblemon-dev g++,LEMON)
	mkdir -p bench-data
	g++ -O2 -o $@ $<

# Installs Debian packages where that is possible, else names the command that does.
define install
{ if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1) >/dev/null; \
  else echo "$(2) is missing: sudo apt-get install $(1)"; exit 1; fi; }
endef
