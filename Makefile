# The commands a developer runs; .ci/run uses the same.
# On a system without apt, install the packages of `scripts/setup list` by hand and add SETUP=true.
SETUP ?= scripts/setup

.PHONY: run test test-quick test-long check bench fmt setup
.DEFAULT_GOAL := run

## Builds and serves http://127.0.0.1:8080 with a demo show.
run:
	@$(SETUP) run
	@cargo build --release --locked -p rostrum
	@scripts/demo/make target/demo
	@exec target/release/rostrum serve --demo target/demo

## Everything CI runs: the check, the four rings of tests, the examples in the docs.
test:
	@$(SETUP) test
	@scripts/check
	@scripts/test all

## Rings one to three: no binary, no browser.
test-quick:
	@$(SETUP) test
	@scripts/test quick

## All of `test` and the long ones: many kills, storms, every player.
test-long:
	@$(SETUP) test
	@scripts/check
	@scripts/test long

## Format, lints, house rules, licences.
check:
	@$(SETUP) test
	@scripts/check
	@cargo test --quiet --locked --workspace --test laws

## Measures a release build: start, memory, pages; prints a table and keeps target/bench.json.
bench:
	@$(SETUP) bench
	@scripts/bench

fmt:
	@cargo fmt --all

setup:
	@$(SETUP) test
