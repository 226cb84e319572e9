package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/internal/memtest"
)

func opened(raw []byte) (*File, error) { return Open(bytes.NewReader(raw), int64(len(raw))) }

// sample is a file with every type that is written, odd lengths and odd names.
func sample(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	err := Write(&b, map[string]string{"format": "test", "a \"quoted\"\n<text>": "ü\u2028𝄞"}, []Tensor{
		Of("dense/kernel", []float32{1, -2, 3.5, float32(math.Inf(1)), 0, 6}, 2, 3),
		Of("empty", []float32{}, 0, 5),
		Of("order", []int32{-1, 2, math.MaxInt32}, 3),
		Of("größe\t", []float64{math.Pi}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	raw := sample(t)
	f, err := opened(raw)
	if err != nil {
		t.Fatal(err)
	}
	if names := slices.Collect(f.Names()); !slices.Equal(names, []string{"dense/kernel", "empty", "größe\t", "order"}) || f.Len() != 4 {
		t.Errorf("names %q", names)
	}
	if v, ok := f.Metadata("a \"quoted\"\n<text>"); !ok || string(v) != "ü\u2028𝄞" {
		t.Errorf("metadata %q, %v", v, ok)
	}
	if _, ok := f.Metadata("other"); ok {
		t.Error("there is metadata that was not written")
	}
	kernel, order, size := make([]float32, 6), make([]int32, 3), make([]float64, 1)
	for _, err := range []error{Read(f, "dense/kernel", kernel), Read(f, "order", order), Read(f, "größe\t", size), Read(f, "empty", []float32{})} {
		if err != nil {
			t.Error(err)
		}
	}
	if !slices.Equal(kernel, []float32{1, -2, 3.5, float32(math.Inf(1)), 0, 6}) || !slices.Equal(order, []int32{-1, 2, math.MaxInt32}) || size[0] != math.Pi {
		t.Errorf("read %v, %v, %v", kernel, order, size)
	}
	in, ok := f.Info("dense/kernel")
	if want := (Info{Name: "dense/kernel", Type: F32, Shape: []int{2, 3}, At: in.At, Bytes: 24}); !ok || !reflect.DeepEqual(in, want) || in.At%8 != 0 {
		t.Errorf("info %+v", in)
	}
	for what, err := range map[string]error{
		`no array "no"`:                       Read(f, "no", kernel),
		"shape [2 3], want 5 elements":        Read(f, "dense/kernel", kernel[:5]),
		"type I32 and shape [3], want 3":      Read(f, "order", kernel[:3]),
		"shape [], want 2 elements of type F": Read(f, "größe\t", make([]float64, 2)),
	} {
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("error %v, want one with %q", err, what)
		}
	}
}

func TestSameBytesEveryTime(t *testing.T) {
	if a, b := sample(t), sample(t); !bytes.Equal(a, b) {
		t.Error("the same arrays are written differently")
	}
}

func TestManyElements(t *testing.T) {
	want := make([]float32, 3*blockElements+5)
	for i := range want {
		want[i] = float32(i)
	}
	var b bytes.Buffer
	if err := Write(&b, nil, []Tensor{Of("x", want, len(want))}); err != nil {
		t.Fatal(err)
	}
	f, err := opened(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, len(want))
	if err := Read(f, "x", got); err != nil || !slices.Equal(got, want) {
		t.Errorf("not what was written; %v", err)
	}
}

func TestWriteRefuses(t *testing.T) {
	one := Of("x", []float32{1}, 1)
	for what, c := range map[string]struct {
		metadata map[string]string
		tensors  []Tensor
	}{
		"two arrays":            {tensors: []Tensor{one, one}},
		"1 elements and the":    {tensors: []Tensor{Of("x", []float32{1}, 2)}},
		"shape [-1]":            {tensors: []Tensor{Of("x", []float32{1}, -1)}},
		"not valid UTF-8":       {tensors: []Tensor{Of("\xff", []float32{1}, 1)}},
		"UTF-8: \"\\xfe":        {metadata: map[string]string{"x": "\xfe"}},
		`a "sha256" of its own`: {metadata: map[string]string{"sha256": ""}},
		"called \"__metadata":   {tensors: []Tensor{Of("__metadata__", []float32{1}, 1)}},
	} {
		if err := Write(&bytes.Buffer{}, c.metadata, c.tensors); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("error %v, want one with %q", err, what)
		}
	}
}

func TestVerify(t *testing.T) {
	raw := sample(t)
	verify := func(raw []byte) (bool, error) {
		f, err := opened(raw)
		if err != nil {
			return true, err
		}
		return f.Verify()
	}
	if checked, err := verify(raw); !checked || err != nil {
		t.Fatalf("checked %v, %v", checked, err)
	}
	for i := range raw {
		for _, bit := range []byte{1, 0x80} {
			changed := slices.Clone(raw)
			changed[i] ^= bit
			if checked, err := verify(changed); checked && err == nil {
				t.Errorf("byte %d changed from %q to %q: no error", i, raw[i], changed[i])
			}
		}
	}
	if checked, err := verify(file(`{}`, "")); checked || err != nil {
		t.Errorf("a file without a checksum: checked %v, %v", checked, err)
	}
	if _, err := verify(file(`{"__metadata__":{"sha256":"12"}}`, "")); err == nil || !strings.Contains(err.Error(), "2 digits, want 64") {
		t.Errorf("a short checksum: %v", err)
	}
}

// file is a file with any header.
func file(header, data string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+data...)
}

func length(n uint64, rest string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, n), rest...)
}

// hostile are files that must be refused, with a part of the error.
func hostile() map[string]hostileFile {
	const four = "1234"
	x := func(dtype, shape, offsets string) string {
		return fmt.Sprintf(`{"x":{"dtype":%q,"shape":%s,"data_offsets":%s}}`, dtype, shape, offsets)
	}
	two := func(a, b string) string {
		return fmt.Sprintf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":%s},"b":{"dtype":"F32","shape":[1],"data_offsets":%s}}`, a, b)
	}
	return map[string]hostileFile{
		"nothing":               {nil, "byte 0: the file is cut short"},
		"7 bytes":               {make([]byte, 7), "byte 7: the file is cut short"},
		"header of 0":           {make([]byte, 8), "byte 8: the header does not start with {"},
		"header of 2^63":        {length(1<<63, "{}"), "byte 0: a header of 9223372036854775808 bytes"},
		"header of 2^64-1":      {length(math.MaxUint64, "{}"), "byte 0: a header of"},
		"header beyond the end": {length(3, "{}"), "byte 0: a header of 3 bytes in a file of 10"},
		"no JSON":               {file("hello", ""), "byte 8: the header does not start"},
		"cut JSON":              {file(`{"x":`, ""), `byte 13: array "x": no "{"`},
		"text after JSON":       {file(`{} x`, ""), "byte 11: something follows"},
		"list":                  {file(`{"x":[]}`, ""), `no "{" where one belongs`},
		"unknown type":          {file(x("F33", "[1]", "[0,4]"), four), `elements of type "F33"`},
		"negative axis":         {file(x("F32", "[-1]", "[0,4]"), four), "no whole number of at least 0"},
		"negative offset":       {file(x("F32", "[1]", "[-4,0]"), four), "no whole number of at least 0"},
		"fraction":              {file(x("F32", "[1.0]", "[0,4]"), four), `no "]" where one belongs`},
		"leading zero":          {file(x("F32", "[01]", "[0,4]"), four), "no whole number"},
		"offset of 2^63":        {file(x("F32", "[1]", "[0,9223372036854775808]"), four), "above 2^63-1"},
		"shape that overflows":  {file(x("F32", "[4294967296,4294967296,4294967296]", "[0,4]"), four), "is too large"},
		"overflow to 4":         {file(x("F32", "[4611686018427387905]", "[0,4]"), four), "is too large"},
		"shape of 0 times 2^62": {file(x("F32", "[0,4611686018427387904]", "[0,4]"), four), "is too large"},
		"shape not size":        {file(x("F32", "[2]", "[0,4]"), four), "take 8 bytes, data_offsets [0,4] are 4"},
		"offsets reversed":      {file(x("F32", "[1]", "[4,0]"), four), "end before they begin"},
		"three offsets":         {file(x("F32", "[1]", "[0,4,4]"), four), "3 numbers, want 2"},
		"beyond the end":        {file(x("F32", "[2]", "[0,8]"), four), `array "x" ends at byte`},
		"bytes after":           {file(x("F32", "[1]", "[0,4]"), four+"5"), "1 bytes follow the last array"},
		"bytes, no array":       {file("{}", four), "byte 10: 4 bytes follow"},
		"hole at the start":     {file(x("F32", "[1]", "[4,8]"), four+four), `4 bytes before array "x" belong to no array`},
		"hole":                  {file(two("[0,4]", "[8,12]"), four+four+four), `4 bytes before array "b"`},
		"overlap":               {file(two("[0,4]", "[2,6]"), four+four), `array "b" overlaps`},
		"same place":            {file(two("[0,4]", "[0,4]"), four), "overlaps"},
		"name twice":            {file(strings.ReplaceAll(two("[0,4]", "[4,8]"), `"b"`, `"a"`), four+four), `two arrays are called "a"`},
		"name twice, escaped":   {file(strings.ReplaceAll(two("[0,4]", "[4,8]"), `"b"`, `"\u0061"`), four+four), `two arrays are called "a"`},
		"key twice":             {file(`{"x":{"dtype":"F32","dtype":"F32"}}`, ""), "dtype stands twice"},
		"key missing":           {file(`{"x":{"dtype":"F32","shape":[]}}`, ""), "is missing"},
		"unknown key":           {file(`{"x":{"type":"F32"}}`, ""), `the key "type", want dtype`},
		"metadata twice":        {file(`{"__metadata__":{},"__metadata__":{}}`, ""), "__metadata__ stands twice"},
		"metadata key twice":    {file(`{"__metadata__":{"a":"","a":""}}`, ""), `metadata "a" stands twice`},
		"metadata number":       {file(`{"__metadata__":{"a":1}}`, ""), `metadata "a": no "\""`},
		"much metadata":         {file(manyMetadata(), ""), "more than 256 entries"},
		"not UTF-8":             {file("{\"\xff\":{}}", ""), "not UTF-8"},
		"control character":     {file("{\"\n\":{}}", ""), "control character"},
		"string without end":    {file(`{"abc`, ""), "does not end"},
		"cut escape":            {file(`{"\`, ""), "escape"},
		"cut \\u":               {file(`{"\u00`, ""), "escape"},
		"unknown escape":        {file(`{"\x41":{}}`, ""), "escape"},
		"half a surrogate":      {file(`{"\ud800x":{}}`, ""), "escape"},
		"wrong surrogate":       {file(`{"\ud800\u0041":{}}`, ""), "escape"},
		"deep nesting":          {file(strings.Repeat(`{"x":`, 100000), ""), `want dtype`},
	}
}

type hostileFile struct {
	raw  []byte
	want string
}

func TestHostileFiles(t *testing.T) {
	for name, c := range hostile() {
		f, err := opened(c.raw)
		if err == nil {
			t.Errorf("%s is accepted, with %d arrays", name, f.Len())
		} else if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "byte ") || len(err.Error()) > 300 {
			t.Errorf("%s: error %v, want one with %q and an offset", name, err, c.want)
		}
	}
}

func manyMetadata() string {
	var b strings.Builder
	b.WriteString(`{"__metadata__":{"0":""`)
	for i := range maxMetadata {
		fmt.Fprintf(&b, `,"%d":""`, i+1)
	}
	b.WriteString("}}")
	return b.String()
}

func TestEveryCutIsRefused(t *testing.T) {
	raw := sample(t)
	for n := range raw {
		if _, err := opened(raw[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are accepted", n, len(raw))
		}
	}
}

// TestOtherWriters reads what other libraries may write: spaces, keys in any
// order, arrays out of order.
func TestOtherWriters(t *testing.T) {
	f, err := opened(file(` `, ""))
	if err == nil {
		t.Errorf("a header of one space is accepted: %d arrays", f.Len())
	}
	f, err = opened(file("{ \"b\" : {\"shape\":[ ],\"data_offsets\":[ 4 , 8 ],\"dtype\":\"I32\"},\r\n\t\"\\u00e9\\/\\ud834\\udd1e\":{\"dtype\":\"F16\",\"data_offsets\":[0,4],\"shape\":[1,2]}}  ", "abcd\x01\x00\x00\x00"))
	if err != nil {
		t.Fatal(err)
	}
	var b [1]int32
	if err := Read(f, "b", b[:]); err != nil || b[0] != 1 {
		t.Errorf("b is %v, %v", b, err)
	}
	if in, ok := f.Info("é/𝄞"); !ok || in.Type != F16 || in.Bytes != 4 {
		t.Errorf("info %+v, %v of %q", in, ok, slices.Collect(f.Names()))
	}
}

// TestMemory holds Open to twice the size of the file, for the headers that
// make most of little text.
func TestMemory(t *testing.T) {
	var names, shapes, escapes strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&names, `,"%d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`, i)
	}
	fmt.Fprintf(&shapes, `,"x":{"dtype":"U8","shape":[0%s],"data_offsets":[0,0]}`, strings.Repeat(",0", 500000))
	fmt.Fprintf(&escapes, `,"__metadata__":{"x":"%s"}`, strings.Repeat(`\u00e9`, 200000))
	for name, body := range map[string]string{"names": names.String(), "shapes": shapes.String(), "escapes": escapes.String(),
		"braces": `,"` + strings.Repeat("{", 1<<20) + `":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`} {
		raw := file("{"+body[1:]+"}", "")
		const constant = 1 << 14
		memtest.AtMost(t, int64(len(raw)), constant, func() {
			if _, err := opened(raw); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// TestPython parses a file as Python's safetensors package does, with nothing
// but Python's own library.
func TestPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := os.WriteFile(path, sample(t), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "testdata/parse.py", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := `a "quoted"
<text> = ü` + "\u2028" + `𝄞
format = test
dense/kernel F32 [2, 3] [1.0, -2.0, 3.5, inf, 0.0, 6.0]
empty F32 [0, 5] []
größe	 F64 [] [3.141592653589793]
order I32 [3] [-1, 2, 2147483647]
`
	if string(out) != want {
		t.Errorf("Python reads\n%s\nwant\n%s", out, want)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(sample(f))
	f.Add(file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234"))
	f.Add(file(`{"__metadata__":{"\ud834\udd1e":"\u00e9"}}`, ""))
	for _, c := range hostile() {
		if len(c.raw) < 1<<12 { // a large one slows the fuzzer down and tells it nothing
			f.Add(c.raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := opened(raw)
		if err != nil {
			if !strings.Contains(err.Error(), "byte ") {
				t.Fatalf("an error without an offset: %v", err)
			}
			return
		}
		var total int64
		for name := range file.Names() {
			in, ok := file.Info(name)
			if !ok {
				t.Fatalf("array %q is listed and not found", name)
			}
			total += in.Bytes
			if in.Type == F32 {
				if err := Read(file, name, make([]float32, in.Bytes/4)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if total > int64(len(raw)) {
			t.Fatalf("arrays of %d bytes in a file of %d", total, len(raw))
		}
		if _, err := file.Verify(); err != nil && !strings.Contains(err.Error(), "checksum") {
			t.Fatal(err)
		}
	})
}
