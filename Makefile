# make test   everything that has to hold before a change goes in
# make bench  CPU and GPU side by side on this machine
# make peers  the CPU beside PyTorch, GoMLX and OpenBLAS on this machine
#
# test and bench install what is missing first (scripts/setup.sh); peers does
# so with INSTALL=1.

SHELL := /bin/bash
BENCHFLAGS ?=
PEERFLAGS ?=

.PHONY: all test bench peers setup build clean

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

# PEERFLAGS="-jobs mnist,wide -rounds 5" narrows it; go run ./peers -h lists
# the flags.
peers:
	scripts/peers.sh $(PEERFLAGS)

clean:
	rm -rf bin dist
