#!/usr/bin/env bash
# Runs the checks that scripts/gpu-check built, beside this file, and writes
# report.txt. QUICK=1 keeps tests and timings short, TORCH=off leaves PyTorch out.
# Every part runs, even when one before it failed; the end says which did.
set -uo pipefail
cd "$(dirname "$0")"
here=$PWD
report=$here/report.txt
failed=()
if [ -n "${QUICK:-}" ]; then
	test_flags=(-test.short) bench_flags=(-benchtime 5ms) epochs=1
else
	test_flags=() bench_flags=(-benchtime 500ms) epochs=7
fi

# Loaders that the machine has not. Its own come first: they know its driver.
mkdir -p lib/missing
for library in lib/*.so.*; do
	name=$(basename "$library")
	ldconfig -p 2>/dev/null | grep -q "^[[:space:]]*$name " || ln -sf "../$name" "lib/missing/$name"
done
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib/missing"

# A container may get NVIDIA's driver without the file that tells EGL of it.
if ldconfig -p 2>/dev/null | grep -q 'libEGL_nvidia\.so\.0' && ! ls /usr/share/glvnd/egl_vendor.d/*nvidia* /etc/glvnd/egl_vendor.d/*nvidia* >/dev/null 2>&1; then
	echo '{"file_format_version": "1.0.0", "ICD": {"library_path": "libEGL_nvidia.so.0"}}' >lib/10_nvidia.json
	export __EGL_VENDOR_LIBRARY_FILENAMES="$here/lib/10_nvidia.json"
fi

export GLEARN_REQUIRE_GPU=1 GLEARN_DATA="$here/data"

# part NAME SECONDS COMMAND... runs one part of the check.
part() {
	local name=$1 limit=$2 start=$SECONDS status
	shift 2
	printf '\n=== %s\n' "$name"
	timeout "$limit" "$@"
	status=$?
	case $status in
	0) printf '=== %s: ok, %d s\n' "$name" $((SECONDS - start)) ;;
	124) failed+=("$name"); printf '=== %s: FAILED, no end after %d s\n' "$name" "$limit" ;;
	*) failed+=("$name"); printf '=== %s: FAILED, %d s\n' "$name" $((SECONDS - start)) ;;
	esac
}

machine() {
	date -u '+%Y-%m-%d %H:%M UTC'
	echo "commit $(cat commit)"
	uname -srm
	grep -m1 'model name' /proc/cpuinfo
	if command -v nvidia-smi >/dev/null; then nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv; fi
}

# tests runs the tests of every package in its own folder.
tests() {
	local program name
	while read -r program; do
		name=${program#tests/}
		part "tests of ${name%/run.test}" 1200 env -C "$(dirname "$program")" ./run.test "${test_flags[@]}" -test.timeout 19m
	done < <(find tests -name run.test | sort)
}

# torch_missing says why PyTorch cannot run the same jobs on this GPU, or nothing.
torch_missing() {
	if [ "${TORCH:-}" = off ]; then
		echo "TORCH=off"
	elif ! command -v python3 >/dev/null; then
		echo "there is no python3"
	else
		python3 - <<-'END' 2>&1 | tail -n 1
			try:
			    import numpy, torch
			except Exception as e:
			    print("python3 says:", e)
			else:
			    if not torch.cuda.is_available():
			        print("PyTorch", torch.__version__, "sees no GPU")
		END
	fi
}

torch() {
	local why
	why=$(torch_missing)
	if [ -n "$why" ]; then
		printf '\n=== PyTorch: left out, %s\n' "$why"
		return
	fi
	part "PyTorch" 1200 python3 torch/train_gpu.py -epochs "$epochs"
}

everything() {
	printf '=== machine\n'
	machine
	part "driver" 120 ./bench -backend opengl -v -suite ops -run '^MatMul/256x256x256/NN$' -benchtime 5ms
	tests
	part "products, all kernels" 1200 ./bench -backend opengl -suite tune "${bench_flags[@]}"
	part "kernels" 1800 ./bench -suite ops "${bench_flags[@]}"
	part "training" 1800 ./bench -suite train "${bench_flags[@]}"
	torch
	printf '\n'
	if [ ${#failed[@]} -gt 0 ]; then
		printf 'FAILED: %s\n' "${failed[@]}"
		return 1
	fi
	echo "All parts are ok."
}

everything 2>&1 | tee "$report"
status=${PIPESTATUS[0]}
echo "report: $report"
exit "$status"
