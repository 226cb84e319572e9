# make test   everything that has to hold before a change goes in
# make bench  CPU and GPU side by side on this machine
#
# Both install what is missing first (scripts/setup.sh).

SHELL := /bin/bash
BENCHFLAGS ?=

.PHONY: all test bench setup build clean

all: build

build:
	go build ./...

setup:
	scripts/setup.sh test

# STEPS="format cross" runs only those; scripts/test.sh lists the names.
test:
	scripts/setup.sh test
	scripts/test.sh $(STEPS)

# BENCHFLAGS="-suite ops -run MatMul" narrows it; go run ./cmd/bench -h lists the flags.
bench:
	scripts/setup.sh bench
	scripts/bench.sh $(BENCHFLAGS)

clean:
	rm -rf bin dist
