#!/usr/bin/env bash
# Where the time of each training job goes on the CPU, in percent of all
# samples. Names of jobs as arguments run only those.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${GLEARN_DATA:-}" ] && [ -d ../shared/data ]; then
	export GLEARN_DATA="$PWD/../shared/data"
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
CGO_ENABLED=0 go build -o "$dir/bench" ./cmd/bench

# share is the percentage of the samples of a profile that pass through one of
# our types and through none of the types of the third argument.
share() {
	go tool pprof -top -nodecount=100000 -nodefraction=0 -focus="cpu_fallback\.\(\*($2)\)" ${3:+-ignore="cpu_fallback\.\(\*($3)\)"} \
		"$dir/bench" "$1" 2>/dev/null | sed -n 's/^Showing nodes accounting for [^,]*, *\([0-9.]*\)% of.*/\1/p'
}

# machine_code is the percentage of the samples in machine code made at run time,
# all of it formulas; a profile knows nothing of its callers.
machine_code() {
	go tool pprof -top -nodecount=100000 -nodefraction=0 "$dir/bench" "$1" 2>/dev/null | sed -n 's/^ *[^ ]* *\([0-9.]*\)%.* runtime\._ExternalCode$/\1/p'
}

products='product|sparseProduct|sparseProductT'
expressions='elementwise|sequence|reduction|combiner|rowSoftmax|rowCrossEntropy'
copies='rowGather|rowScatter|strided'
printf '%-10s %10s %12s %10s\n' job products expressions copies
for job in ${@:-reuters titanic mnist wide}; do
	profile=$dir/$job.prof
	"$dir/bench" -suite train -backend cpu -run "^train/$job\$" -benchtime 10s -cpuprofile "$profile" >/dev/null
	formulas=$(awk '{ print $1 + $2 }' <<<"$(share "$profile" "$expressions" "$products") $(machine_code "$profile")")
	printf '%-10s %10s %12s %10s\n' "$job" "$(share "$profile" "$products")" "$formulas" "$(share "$profile" "$copies")"
done
