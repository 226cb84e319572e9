#!/usr/bin/env bash
# Every figure of the CPU half of docs/benchmarks.md, one command after another.
# Nothing else should run on the machine: it takes about a quarter of an hour.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0

step() {
	printf '\n$ %s\n' "$*"
	"$@"
}

date -u +%F
go version
grep -m 1 'model name' /proc/cpuinfo || true
uptime
step scripts/peers.sh
step scripts/peers.sh -jobs more -blas native -peers torch -rounds 2
step go test -run '^$' -bench 'MatMul/(native|openblas)/.*/1024x1024x1024' ./cpu_fallback
step go run ./cmd/bench -suite scaling -backend cpu:1,cpu:2
step scripts/profile.sh
step go test -run '^$' -bench '(Adam|Copy)/10000000' -count 5 ./cpu_fallback
step go test -run '^$' -bench HandOff ./cpu_fallback
step go test -run '^$' -bench OnBatch ./nn
step go test -run TestFunctionsHoldTheirBounds -v ./cpu_fallback
