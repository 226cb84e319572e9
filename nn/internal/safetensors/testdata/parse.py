"""Prints a safetensors file, read by the format's description alone."""
import array
import json
import sys

raw = open(sys.argv[1], "rb").read()
n = int.from_bytes(raw[:8], "little")
header = json.loads(raw[8 : 8 + n].decode("utf-8"))
data = raw[8 + n :]
for key, text in sorted(header.pop("__metadata__").items()):
    if key != "sha256":
        print(key, "=", text)
end = 0
for name, info in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    begin, last = info["data_offsets"]
    assert begin == end and n % 8 == 0, (name, begin, end)
    end = last
assert end == len(data), (end, len(data))
for name, info in sorted(header.items()):
    begin, last = info["data_offsets"]
    values = array.array({"F32": "f", "F64": "d", "I32": "i"}[info["dtype"]], data[begin:last])
    if sys.byteorder == "big":
        values.byteswap()
    print(name, info["dtype"], info["shape"], list(values))
