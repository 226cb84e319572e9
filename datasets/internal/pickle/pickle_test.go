package pickle

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/internal/memtest"
)

// fixture is what testdata/lists_*.pkl hold: written by Python 3.11's pickle (C
// and pure Python picklers) with NumPy 1.24.2, protocols 2 to 5;
// lists_numpy2.pkl has NumPy 2's module name in it.
func fixture() [][]int32 {
	long := make([]int32, 2500) // more than two of Python's batches
	for i := range long {
		long[i] = int32(i)
	}
	return [][]int32{{1, 2, 300}, {}, {70000, -5, math.MaxInt32, math.MinInt32}, long, {9}}
}

func TestReadIntListsReadsWhatPythonWrites(t *testing.T) {
	files, err := filepath.Glob("testdata/lists_*.pkl")
	if err != nil || len(files) < 9 {
		t.Fatalf("fixtures: %v, %v", files, err)
	}
	want := fixture()
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lists, err := ReadIntLists(bytes.NewReader(raw), len(want), int64(len(raw)))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if lists.Len() != len(want) {
			t.Fatalf("%s: %d lists, want %d", file, lists.Len(), len(want))
		}
		for i, w := range want {
			if !slices.Equal(lists.Row(i), w) {
				t.Errorf("%s: list %d is %v, want %v", file, i, lists.Row(i), w)
			}
		}
	}
}

func TestReadIntListsReadsAnEmptyArray(t *testing.T) {
	raw, err := os.ReadFile("testdata/empty.pkl")
	if err != nil {
		t.Fatal(err)
	}
	lists, err := ReadIntLists(bytes.NewReader(raw), 0, int64(len(raw)))
	if err != nil || lists.Len() != 0 {
		t.Fatalf("got %+v, %v", lists, err)
	}
}

// head opens the array's pickle up to its elements, tail closes it; between
// them stand the elements of an array of one.
const (
	head = "\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R" +
		"(K\x01K\x01\x85cnumpy\ndtype\nX\x02\x00\x00\x00O8\x89\x88\x87R(K\x03X\x01\x00\x00\x00|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]"
	tail = "tb."
)

// hostile are pickles that must be refused, with a part of the error.
var hostile = map[string]struct{ pickle, want string }{
	"empty":               {"", "cut short"},
	"no pickle":           {"hello world", "not a pickle"},
	"protocol 0":          {"(lp0\n.", "not a pickle"},
	"protocol 9":          {"\x80\x09.", "protocol 9"},
	"a call of os.system": {"\x80\x03cos\nsystem\n(X\x02\x00\x00\x00lstR.", `"system" in module "os"`},
	"builtins.eval":       {"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.", `"eval" in module "builtins"`},
	"numpy's loader":      {"\x80\x03cnumpy\nload\n.", `"load" in module "numpy"`},
	"INST opcode":         {"\x80\x03(ios\nsystem\n.", "opcode 0x69"},
	"persistent id":       {"\x80\x03Pid\n.", "opcode 0x50"},
	"extension":           {"\x80\x03\x82\x01.", "opcode 0x82"},
	"opcode 0xff":         {"\x80\x03\xff", "opcode 0xff"},
	"dict":                {"\x80\x03}.", "opcode 0x7d"},
	"claims 2^62 bytes":   {"\x80\x04\x8e\x00\x00\x00\x00\x00\x00\x00\x40", "opcode 0x8e"},
	"string of 4 GB":      {"\x80\x03X\xff\xff\xff\xff", "a string of 4294967295 bytes"},
	"endless name":        {"\x80\x03c" + strings.Repeat("a", 1000), "a name of more than"},
	"long of 255 bytes":   {"\x80\x03\x8a\xff", "an int of 255 bytes"},
	"marks":               {"\x80\x03" + strings.Repeat("(", 5000) + ".", "wait on the stack"},
	"nested tuples":       {"\x80\x03)" + strings.Repeat("\x85", 50) + ".", "three deep"},
	"int alone":           {"\x80\x03K\x01.", "does not hold one array"},
	"list alone":          {"\x80\x03].", "does not hold one array"},
	"array without state": {"\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R.", "does not hold one array"},
	"too many lists":      {head + "(]]e" + tail, "more lists"},
	"too few lists":       {head + tail, "holds 0 lists"},
	"list in a list":      {head + "(](]ee" + tail, "more lists"},
	"string element":      {head + "]X\x01\x00\x00\x00aaa" + tail, "holds a string"},
	"int as element":      {head + "K\x01a" + tail, "an int as an element"},
	"no int32":            {head + "]\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7faa" + tail, "no int32"},
	"list used twice":     {head + "(]q\x05h\x05e" + tail, "used again"},
	"wrong shape":         {strings.Replace(head, "(K\x01K\x01\x85", "(K\x01K\x02\x85", 1) + "]a" + tail, "is not (1,)"},
	"wrong dtype":         {strings.Replace(head, "O8", "i8", 1) + "]a" + tail, `dtype "i8"`},
	"append to nothing":   {"\x80\x03a.", "stack is empty"},
	"appends to nothing":  {"\x80\x03(e.", "stack is empty"},
	"build of nothing":    {"\x80\x03)b.", "state without an object"},
	"reduce of a tuple":   {"\x80\x03))R.", "found a tuple, want a name"},
	"put of nothing":      {"\x80\x03q\x00.", "nothing to remember"},
	"tuple of nothing":    {"\x80\x03\x87.", "tuple of 3 values"},
	"trailing bytes":      {head + "]K\x07aa" + tail + "xx", "follow the end"},
	"cut short":           {head + "]K", "cut short"},
}

func TestReadIntListsRefusesWhatIsNoArrayOfIntLists(t *testing.T) {
	if _, err := ReadIntLists(strings.NewReader(head+"]K\x07aa"+tail), 1, int64(len(head+tail)+5)); err != nil {
		t.Fatalf("the pickle that the others are spoilt from: %v", err)
	}
	for name, c := range hostile {
		var err error
		memtest.AtMost(t, int64(len(c.pickle)), constant, func() {
			_, err = ReadIntLists(strings.NewReader(c.pickle), min(1, len(c.pickle)/2), int64(len(c.pickle)))
		})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "byte ") {
			t.Errorf("%s: error %v, want one with a byte offset and %q", name, err, c.want)
		}
	}
}

func TestReadIntListsRefusesEveryTruncation(t *testing.T) {
	raw, err := os.ReadFile("testdata/lists_protocol3.pkl")
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(raw) {
		if _, err := ReadIntLists(bytes.NewReader(raw[:n]), 5, int64(len(raw))); err == nil {
			t.Fatalf("the first %d of %d bytes are accepted", n, len(raw))
		}
	}
}

func TestReadIntListsRefusesSizesThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		rows int
		size int64
	}{{-1, 10}, {1, -1}, {6, 10}, {1 << 40, 10}, {1, 1 << 62}} {
		if _, err := ReadIntLists(strings.NewReader(""), c.rows, c.size); err == nil {
			t.Errorf("%d rows in %d bytes are accepted", c.rows, c.size)
		}
	}
}

// constant is what the reader needs for itself: its buffer and its stack.
const constant = 2 << 20

func TestReadIntListsAllocatesTwiceTheSizeAtMost(t *testing.T) {
	const batches = 4000
	var b strings.Builder
	b.WriteString(head + "]")
	for range batches {
		b.WriteString("(" + strings.Repeat("K\x07", 1000) + "e")
	}
	b.WriteString("a" + tail)
	raw := b.String()
	var err error
	memtest.AtMost(t, int64(len(raw)), constant, func() { _, err = ReadIntLists(strings.NewReader(raw), 1, int64(len(raw))) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadIntListsKeepsToItsMemoryWithoutMemoNumbers(t *testing.T) {
	const rows = 1000
	head := strings.Replace(head, "(K\x01K\x01\x85", "(K\x01M\xe8\x03\x85", 1)
	raw := head + "(" + strings.Repeat("](K\x01e", rows/2) + strings.Repeat("]", rows/2) + "e" + tail
	if _, err := ReadIntLists(strings.NewReader(raw), rows, int64(len(raw))); err != nil {
		t.Errorf("lists of one and none: %v", err)
	}
	raw = head + "(" + strings.Repeat("]", rows) + strings.Repeat("K\x01", rows) + "ee" + tail
	if _, err := ReadIntLists(strings.NewReader(raw), rows, int64(len(raw))); err == nil {
		t.Error("ints among the lists are accepted")
	}
	raw = head + "(" + strings.Repeat("]", rows) + "(" + strings.Repeat("K\x01", rows) + "ee" + tail
	if _, err := ReadIntLists(strings.NewReader(raw), rows, int64(len(raw))); err == nil || !strings.Contains(err.Error(), "more values") {
		t.Errorf("unnumbered lists in full: %v, want an error", err)
	}
}

func FuzzReadIntLists(f *testing.F) {
	files, err := filepath.Glob("testdata/*.pkl")
	if err != nil || len(files) == 0 {
		f.Fatalf("fixtures: %v, %v", files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, 5)
	}
	f.Add([]byte(head+"]K\x07aa"+tail), 1)
	f.Add([]byte(head+"(]K\x07a](K\x01M\x02\x03ee"+tail), 2)
	for _, c := range hostile {
		f.Add([]byte(c.pickle), 1)
	}
	f.Fuzz(func(t *testing.T, raw []byte, rows int) {
		var lists *Lists
		var err error
		memtest.AtMost(t, int64(len(raw)), constant, func() { lists, err = ReadIntLists(bytes.NewReader(raw), rows, int64(len(raw))) })
		if err != nil {
			return
		}
		if lists.Len() != rows {
			t.Fatalf("%d lists, asked for %d", lists.Len(), rows)
		}
		total := 0
		for i := range rows {
			total += len(lists.Row(i))
		}
		if total != len(lists.Values) || 4*(total+rows) > 2*len(raw) {
			t.Fatalf("%d ints in rows, %d in all, %d bytes", total, len(lists.Values), len(raw))
		}
	})
}
