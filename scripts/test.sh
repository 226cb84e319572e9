#!/usr/bin/env bash
# Everything that has to hold before a change goes in, step by step. Names of
# steps as arguments run only those. Every step runs even when one before it
# failed; the end says which did.
#
# With CI set, a step that cannot run for want of a tool is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

if [ -z "${GLEARN_DATA:-}" ] && [ -d ../shared/data ]; then
	export GLEARN_DATA="$PWD/../shared/data"
fi

# The packages that run goroutines of their own or are used from several.
race_packages=(./compute ./cpu_fallback/... ./graph ./nn ./data ./datasets)

STATICCHECK=v0.7.0 # https://github.com/dominikh/go-tools/releases

format() {
	local bad
	bad=$(gofmt -l .)
	[ -z "$bad" ] || { echo "gofmt would change:"; echo "$bad"; return 1; }
}

vet_nocgo() { CGO_ENABLED=0 go vet ./...; }

vet_cgo() {
	need_gl || return
	CGO_ENABLED=1 go vet ./...
}

# Without cgo: the whole library but the OpenGL backend.
test_cpu() { CGO_ENABLED=0 go test -timeout 8m ./...; }

# llvmpipe through EGL, with no display. The packages that open a device; a
# device that is not there is a failure.
test_opengl() {
	need_gl || return
	env -u DISPLAY -u WAYLAND_DISPLAY GLEARN_REQUIRE_GPU=1 CGO_ENABLED=1 LIBGL_ALWAYS_SOFTWARE=1 \
		go test -timeout 10m ./compute/opengl/... ./shaders/... ./nn/... ./examples/... ./cmd/... .
}

# With an error check after every dispatch.
test_gldebug() {
	need_gl || return
	GLEARN_REQUIRE_GPU=1 CGO_ENABLED=1 LIBGL_ALWAYS_SOFTWARE=1 \
		go test -short -timeout 5m -tags gldebug -run 'TestDebug|TestSelfTestIsWhole|TestConformance/Order' ./compute/opengl/...
}

# The same through GLFW's hidden window under Xvfb: one context is like another
# once it is open, so a part of the suite is enough.
test_glfw() {
	need_gl || return
	need xvfb-run || return
	GLEARN_REQUIRE_GPU=1 CGO_ENABLED=1 LIBGL_ALWAYS_SOFTWARE=1 xvfb-run -a \
		go test -short -timeout 5m -tags glfw -run 'TestConformance$' ./compute/opengl/...
}

test_race() { CGO_ENABLED=1 go test -race -short -timeout 8m $(existing "${race_packages[@]}"); }

# The assembly is what its generator writes.
generated() {
	local before after
	before=$(cat cpu_fallback/internal/vector/*.{go,s} | sha256sum)
	go generate ./cpu_fallback/internal/vector || return
	after=$(cat cpu_fallback/internal/vector/*.{go,s} | sha256sum)
	[ "$before" = "$after" ] || { echo "the generators in cpu_fallback/internal/vector/gen wrote other files"; return 1; }
}

examples() {
	local dir ok=0
	for dir in examples/*/; do
		[ -f "$dir/main.go" ] || continue
		CGO_ENABLED=0 example "./${dir%/}" cpu || ok=1
		if has_gl; then CGO_ENABLED=1 example "./${dir%/}" opengl || ok=1; fi
	done
	return $ok
}

# example runs an example for one epoch. Kaggle's files and a machine without a
# network are no failure of the example's.
example() {
	local log status=0
	log=$(mktemp)
	echo "go run $1 -backend $2 -epochs 1"
	timeout 180 go run "$1" -backend "$2" -epochs 1 </dev/null 2>&1 | tee "$log" || status=1
	if [ $status = 1 ] && grep -q 'data file not found' "$log"; then
		loud "$1 is left out: its data is not here (set GLEARN_DATA)"
		status=0
	fi
	rm "$log"
	return $status
}

bench() {
	[ -d cmd/bench ] || { echo "no cmd/bench yet"; return; }
	if has_gl; then
		timeout 240 go run ./cmd/bench -benchtime 20ms -suite ops </dev/null
	else
		CGO_ENABLED=0 timeout 240 go run ./cmd/bench -benchtime 20ms -suite ops -backend cpu </dev/null
	fi
}

static_check() {
	local tool="honnef.co/go/tools/cmd/staticcheck@$STATICCHECK"
	if ! go run "$tool" -version; then
		loud "staticcheck could not be had: $tool"
		[ -z "${CI:-}" ]
		return
	fi
	CGO_ENABLED=0 go run "$tool" ./... || return
	if has_gl; then CGO_ENABLED=1 go run "$tool" ./compute/opengl/...; fi
}

cross() {
	local target ok=0
	for target in windows/amd64 darwin/arm64 linux/arm64; do
		echo "CGO_ENABLED=0 $target"
		CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} go build ./... || ok=1
	done
	return $ok
}

cross_opengl() {
	need x86_64-w64-mingw32-gcc || return
	CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc go build ./compute/opengl/...
}

# existing prints those of its packages that have Go files.
existing() {
	local p
	for p in "$@"; do
		[ -z "$(find "${p%/...}" -maxdepth 1 -name '*.go' -print -quit 2>/dev/null)" ] || echo "$p"
	done
}

# need fails in CI, and says aloud elsewhere, that a tool is missing.
need() {
	command -v "$1" >/dev/null && return
	loud "$1 is not installed: this step is left out (scripts/setup.sh test installs it)"
	left_out
}

need_gl() {
	has_gl && return
	loud "The OpenGL backend cannot be built here: this step is left out (scripts/setup.sh test)"
	left_out
}

left_out() {
	skipped=1
	return 1
}

steps=(format vet_nocgo vet_cgo test_cpu test_opengl test_gldebug test_glfw test_race examples bench static_check cross cross_opengl generated)
[ $# -eq 0 ] || steps=("$@")

failed=() times=()
for step in "${steps[@]}"; do
	echo "=== $step"
	start=$SECONDS skipped=0 result=ok
	if ! "$step"; then
		if [ $skipped = 1 ] && [ -z "${CI:-}" ]; then
			result="left out"
		else
			result=FAILED
			failed+=("$step")
		fi
	fi
	times+=("$(printf '%-14s %4d s  %s' "$step" $((SECONDS - start)) "$result")")
	echo "=== ${times[-1]}"
done

echo
printf '%s\n' "${times[@]}" "in all $((SECONDS)) s"
if [ ${#failed[@]} -gt 0 ]; then
	echo "FAILED: ${failed[*]}"
	exit 1
fi
