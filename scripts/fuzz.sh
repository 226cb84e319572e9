#!/usr/bin/env bash
# Runs every fuzz target in turn, at low priority on one core.
#
#   scripts/fuzz.sh 10m              each for ten minutes
#   scripts/fuzz.sh 10m ./datasets/...   only those of some packages
#
# Prints the executions of each and fails when one found a crasher; go test has
# then written it into that package's testdata/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

[ $# -ge 1 ] || { echo "usage: scripts/fuzz.sh TIME [PACKAGE...]" >&2; exit 2; }
time=$1
shift
[ $# -gt 0 ] || set -- ./...

has_gl || export CGO_ENABLED=0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
ok=0
while read -r package; do
	while read -r target; do
		result=ok
		nice -n 19 go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1s -parallel 1 "$package" </dev/null >"$log" 2>&1 || result=FAILED
		printf '%-8s %12s executions  %s %s\n' "$result" \
			"$(sed -n 's/.*execs: \([0-9]*\).*/\1/p' "$log" | tail -n 1)" "$package" "$target"
		if [ $result = FAILED ]; then
			cat "$log"
			ok=1
		fi
	done < <(go test -list '^Fuzz' "$package" </dev/null | grep '^Fuzz' || true)
done < <(go list "$@")
exit $ok
