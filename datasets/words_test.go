package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/internal/memtest"
)

func TestWordIndex(t *testing.T) {
	w, err := ReutersWordIndex("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if w.Len() != 4 || w.Rank("grain") != 3 || w.Rank("wheat") != 0 || w.Word(4) != "don't" || w.Word(0) != "" || w.Word(5) != "" || w.Word(-1) != "" {
		t.Errorf("got %+v", w)
	}
	if got := w.Decode([]int32{PadIndex, StartIndex, 4, UnknownIndex, 6, 99, -5}); got != "the ? grain ? ?" {
		t.Errorf("decoded %q", got)
	}
	if got := w.Encode("The GRAIN, wheat; don't!", 7); !slices.Equal(got, []int32{1, 4, 6, 2, 2}) {
		t.Errorf("encoded %v", got)
	}
	if _, err := IMDBWordIndex("testdata"); err != nil {
		t.Error(err)
	}
}

// hostileWords are files that must be refused, with a part of the error.
var hostileWords = map[string]struct{ json, want string }{
	"nothing":       {"", "byte 0: unexpected end"},
	"cut":           {`{"a": 1, "b"`, "byte 12"},
	"text":          {`{"a": "1"}`, `byte 6: word "a" has "1", want its rank`},
	"fraction":      {`{"a": 1.5}`, `byte 6: word "a" has 1.5, want its rank`},
	"null":          {`{"a": null}`, `word "a" has null`},
	"object":        {`{"a": {"b": 1}}`, `word "a" has {"b":, want its rank`},
	"object, full":  {`{"a":{}}`, `word "a" has {, want its rank`},
	"list inside":   {`{"a": [1, 2]}`, `word "a" has [1, want its rank`},
	"list":          {`[1]`, "byte 1: found a JSON array, want an object"},
	"null alone":    {` null`, "byte 0: found a JSON null, want an object"},
	"rank 0":        {`{"a": 0}`, `word "a" has rank 0, want 1 to 1`},
	"negative rank": {`{"a": -1}`, `word "a" has rank -1, want 1 to 1`},
	"rank too high": {`{"a": 1, "b": 3}`, `byte 9: word "b" has rank 3, want 1 to 2`},
	"huge rank":     {`{"a": 9223372036854775808}`, "want its rank"},
	"rank twice":    {`{"a": 2, "b": 2}`, `words "a" and "b" both have rank 2`},
	"word twice":    {`{"a": 1, "\u0061": 2}`, `word "a" has two ranks, 1 and 2`},
	"text after":    {`{"a": 1} {}`, "byte 10"},
	"deep":          {strings.Repeat("[", 20000), "depth"},
	"deep inside":   {`{"a": ` + strings.Repeat("[", 20000), "depth"},
	"too large":     {strings.Repeat(" ", maxWordIndex+1), "want at most"},
}

func TestWordIndexRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "reuters_word_index.json")
	for name, c := range hostileWords {
		if err := os.WriteFile(path, []byte(c.json), 0o666); err != nil {
			t.Fatal(err)
		}
		var err error
		memtest.AtMost(t, int64(len(c.json)), wordsConstant, func() { _, err = ReutersWordIndex(dir) })
		wantError(t, name, err, "datasets: "+path, c.want)
	}
}

// wordsConstant is what the reader needs for itself: the stack of encoding/json,
// which goes 10,000 deep, and doubles to get there.
const wordsConstant = 1 << 20

func TestWordIndexAllocatesTwiceTheSizeAtMost(t *testing.T) {
	var b strings.Builder
	for i := range 400000 {
		fmt.Fprintf(&b, `,"%x":%d`, i, i+1)
	}
	raw := []byte("{" + b.String()[1:] + "}")
	var w *WordIndex
	var err error
	memtest.AtMost(t, int64(len(raw)/2), wordsConstant, func() { w, err = parseWordIndex(raw) }) // raw is the other half
	if err != nil || w.Rank("ffff") != 1<<16 || w.Word(1<<16) != "ffff" {
		t.Errorf("got %+v, %v", w, err)
	}
}

func TestWordIndexReadsEscapesAndSpaces(t *testing.T) {
	w, err := parseWordIndex([]byte(" { \"caf\\u00e9\" :2 ,\n\"\\\"\\\\\":\t1\r, \"\":3}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if w.Len() != 3 || w.Word(1) != `"\` || w.Word(2) != "café" || w.Rank("café") != 2 || w.Rank("") != 3 {
		t.Errorf("got %+v", w)
	}
	if w, err := parseWordIndex([]byte("{}")); err != nil || w.Len() != 0 || w.Rank("a") != 0 {
		t.Errorf("no words: %+v, %v", w, err)
	}
}

func FuzzParseWordIndex(f *testing.F) {
	f.Add([]byte(`{"the": 1, "of": 2}`))
	f.Add([]byte(` {"caf\u00e9" :2 ,"\"\\":1}`))
	for _, c := range hostileWords {
		if len(c.json) < 1<<12 { // a large one slows the fuzzer down and tells it nothing
			f.Add([]byte(c.json))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var w *WordIndex
		var err error
		memtest.AtMost(t, int64(len(raw)), wordsConstant, func() { w, err = parseWordIndex(raw) })
		if err != nil {
			return
		}
		for rank := range w.Len() {
			if got := w.Rank(w.Word(rank + 1)); got != rank+1 {
				t.Fatalf("word %q of rank %d is found at %d", w.Word(rank+1), rank+1, got)
			}
		}
	})
}

func TestReutersTopicsAreACopy(t *testing.T) {
	names := ReutersTopics()
	if len(names) != 46 || names[0] != "cocoa" || names[3] != "earn" || names[45] != "lead" {
		t.Errorf("topics %v", names)
	}
	names[0] = "changed"
	if ReutersTopics()[0] != "cocoa" {
		t.Error("a caller can change the topics")
	}
}

func TestWordIndexesOnTheRealFiles(t *testing.T) {
	needs(t, "reuters_word_index.json", "imdb_word_index.json", "reuters.npz")
	reuters, err := ReutersWordIndex("")
	if err != nil {
		t.Fatal(err)
	}
	imdb, err := IMDBWordIndex("")
	if err != nil {
		t.Fatal(err)
	}
	if reuters.Len() != 30979 || imdb.Len() != 88584 || reuters.Word(1) != "the" || imdb.Rank("the") != 1 {
		t.Errorf("%d and %d words, first %q", reuters.Len(), imdb.Len(), reuters.Word(1))
	}
	train, _, err := ReutersText(ReutersConfig{})
	if err != nil {
		t.Fatal(err)
	}
	// the newswire that Keras' book decodes
	if got, want := reuters.Decode(train.Sequences[0]), "? ? said as a result of its december acquisition of space co it expects earnings per share in 1987"; !strings.HasPrefix(got, want) {
		t.Errorf("the first newswire reads %q", got)
	}
}
