"""Compares a safetensors file with an .npz of the same weights, and writes the
weights again as NumPy does: numpy_check.py IN.safetensors IN.npz OUT.npz PACKED.npz"""
import json
import sys

import numpy as np

raw = open(sys.argv[1], "rb").read()
n = int.from_bytes(raw[:8], "little")
header = json.loads(raw[8 : 8 + n])
del header["__metadata__"]
weights = np.load(sys.argv[2])
assert sorted(header) == sorted(weights.files), (sorted(header), weights.files)
for name, info in header.items():
    begin, end = info["data_offsets"]
    assert info["dtype"] == "F32"
    want = np.frombuffer(raw[8 + n + begin : 8 + n + end], "<f4").reshape(info["shape"])
    got = weights[name]
    assert got.dtype == np.float32 and got.shape == want.shape and (got == want).all(), name
np.savez(sys.argv[3], **dict(weights))
np.savez_compressed(sys.argv[4], **dict(weights))
