package datasets

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/glearn-go/glearn/internal/memtest"
)

func table(t testing.TB, text string, cfg CSVConfig) *Table {
	t.Helper()
	table, err := ParseCSV(strings.NewReader(text), "t.csv", cfg)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func texts(t testing.TB, tab *Table, column string) []string {
	t.Helper()
	text, err := tab.Text(column)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(text)
}

func TestTableReadsColumns(t *testing.T) {
	tab := table(t, "\ufeffage, place ,n\r\n 22.5 ,\"a, \"\"b\"\"\",1\r\n,c,2\r\nNaN,na,-3\r\n", CSVConfig{})
	if got := tab.Columns(); !slices.Equal(got, []string{"age", "place", "n"}) || tab.Rows() != 3 {
		t.Fatalf("columns %q, %d rows", got, tab.Rows())
	}
	x, err := tab.Float32("n", "age", "n")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(x.Shape, []int{3, 3}) || !slices.Equal(x.Row(0), []float32{1, 22.5, 1}) || !math.IsNaN(float64(x.Row(1)[1])) || !math.IsNaN(float64(x.Row(2)[1])) {
		t.Errorf("numbers %v", x)
	}
	if v, err := tab.Float64("age"); err != nil || v[0] != 22.5 || !math.IsNaN(v[1]) {
		t.Errorf("Float64: %v, %v", v, err)
	}
	if text := texts(t, tab, "place"); !slices.Equal(text, []string{`a, "b"`, "c", ""}) {
		t.Errorf("text %q", text)
	}
	if n, err := tab.Int32("n"); err != nil || !slices.Equal(n.Values, []int32{1, 2, -3}) || !slices.Equal(n.Shape, []int{3}) {
		t.Errorf("whole numbers %v, %v", n, err)
	}
	index, names, err := tab.Categories("place")
	if err != nil || !slices.Equal(index.Values, []int32{0, 1, -1}) || !slices.Equal(names, []string{`a, "b"`, "c"}) {
		t.Errorf("categories %v of %q, %v", index, names, err)
	}
	if n, err := tab.Missing("age"); err != nil || n != 2 {
		t.Errorf("%d missing, %v", n, err)
	}
}

func TestTableWithoutHeaderAndWithOtherSigns(t *testing.T) {
	tab := table(t, "1;?\n2;3\n", CSVConfig{Comma: ';', NoHeader: true, Missing: []string{"?"}})
	x, err := tab.Float32()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(tab.Columns(), []string{"0", "1"}) || x.Row(1)[1] != 3 || !math.IsNaN(float64(x.Row(0)[1])) {
		t.Errorf("columns %q, numbers %v", tab.Columns(), x)
	}
	// with a list of its own, NA is text
	if text := texts(t, table(t, "a\nNA\n", CSVConfig{Missing: []string{}}), "a"); !slices.Equal(text, []string{"NA"}) {
		t.Errorf("text %q", text)
	}
	if empty := table(t, "a,b\n", CSVConfig{}); empty.Rows() != 0 {
		t.Errorf("a line of names alone has %d rows", empty.Rows())
	}
	long := strings.Repeat("x", 1000) // its length takes two bytes
	if text := texts(t, table(t, "a\n"+long+"\n", CSVConfig{}), "a"); text[0] != long {
		t.Errorf("a long cell reads as %d bytes", len(text[0]))
	}
}

func TestTableErrorsNameLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		read func(*Table) error
		want string
	}{
		"text in a number": {"a,b\n1,2\n3,four\n", func(t *Table) error { _, err := t.Float32(); return err }, `line 3, column "b": "four" is no finite number; Text and Categories read names`},
		"infinity":         {"a\n-inf\n", func(t *Table) error { _, err := t.Float32(); return err }, `line 2, column "a": "-inf"`},
		"above float32":    {"a\n1e39\n", func(t *Table) error { _, err := t.Float32(); return err }, `"1e39" is no finite number`},
		"NaN with a sign":  {"a\n+nan\n", func(t *Table) error { _, err := t.Float64("a"); return err }, `"+nan" is no finite number`},
		"no whole number":  {"a\n1.5\n", func(t *Table) error { _, err := t.Int32("a"); return err }, `line 2, column "a": "1.5" is no whole number`},
		"missing":          {"a,b\n,1\n", func(t *Table) error { _, err := t.Int32("a"); return err }, `line 2, column "a": "" is no whole number`},
		"above int32":      {"a\n2147483648\n", func(t *Table) error { _, err := t.Int32("a"); return err }, "is no whole number"},
		"no such column":   {"a,b\n1,2\n", func(t *Table) error { _, err := t.Float32("c"); return err }, `no column "c"; there is ["a" "b"]`},
		"too many names":   {"a\n" + lines(maxCategories+1), func(t *Table) error { _, _, err := t.Categories("a"); return err }, `line 65538, column "a": "65536" is one name more than 65536`},
		"semicolons":       {"a;b\n1;2\n", func(t *Table) error { _, err := t.Float32(); return err }, `line 2, column "a;b": "1;2" is no finite number; if it is several cells, set Comma`},
		"an empty line":    {"\na,b\n\n\n1,2\n\r\n3,four\n", func(t *Table) error { _, err := t.Float32(); return err }, `line 7, column "b": "four"`},
		"lines in a cell":  {"a,\"b\nc\"\n\"1\r\n\n\",2\n\n3,four\n", func(t *Table) error { _, err := t.Int32("b\nc"); return err }, `line 7, column "b\nc": "four"`},
		"a line in a row":  {"a,b\n\"1\n\",two\n", func(t *Table) error { _, err := t.Float32("b"); return err }, `line 3, column "b": "two"`},
		"no such text":     {"a,b\n1,2\n", func(t *Table) error { _, _, err := t.Categories("c"); return err }, `no column "c"`},
	} {
		wantError(t, name, c.read(table(t, c.text, CSVConfig{})), "datasets: t.csv: ", c.want)
	}
}

// lines are the numbers from 0 on, one a line.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintln(&b, i)
	}
	return b.String()
}

// hostileCSV are files that must be refused, with a part of the error.
var hostileCSV = map[string]struct{ text, want string }{
	"nothing":         {"", "the file is empty"},
	"ragged":          {"a,b\n1,2\n3\n", "line 3 has 1 cells, the first line has 2"},
	"open quote":      {"a,b\n\n1,\"2\n\n", `line 3, column "b": extraneous or missing "`},
	"bare quote":      {"a\nx\"y\n", `line 2, column "a": bare "`},
	"a bare quote":    {"a,b\n1,x\"y\n", `line 2, column "b": bare "`},
	"beyond columns":  {"a\n1,x\"y\n", `line 2: bare "`},
	"names in quotes": {"\na\"b\n", `line 2: bare "`},
	"two names alike": {"a,a\n1,2\n", `line 1: two columns are called "a"; without a line of names, set NoHeader`},
	"an endless row":  {"a\n" + strings.Repeat("x", maxRecord+1), "line 2: a row of more than 1048576 bytes"},
	"an endless cell": {"a\n\"" + strings.Repeat("x\n", maxRecord), "line 2: a row of more than 1048576 bytes; a quote may be open"},
	"too many cells":  {"a\n" + strings.Repeat(",", maxColumns), "line 2: a row of more than 65536 cells"},
	"no UTF-8 rune":   {"a\xff,b\n1\n", "line 2 has 1 cells"},
}

func TestParseCSVRefusesMalformedFiles(t *testing.T) {
	for name, c := range hostileCSV {
		var err error
		memtest.AtMost(t, int64(len(c.text)), csvConstant, func() { _, err = ParseCSV(strings.NewReader(c.text), "t.csv", CSVConfig{}) })
		wantError(t, name, err, "datasets: t.csv", c.want)
	}
	broken := errors.New("the disk is broken")
	if _, err := ParseCSV(iotest.ErrReader(broken), "t.csv", CSVConfig{}); !errors.Is(err, broken) {
		t.Errorf("error %v does not wrap the reader's", err)
	}
	_, err := ReadCSV(filepath.Join(t.TempDir(), "absent.csv"), CSVConfig{})
	wantError(t, "absent", err, "datasets: ", "absent.csv")
	_, err = ReadCSV(t.TempDir(), CSVConfig{})
	wantError(t, "a folder", err, "not a regular file")
}

// endless is a row that never ends: what a hostile file of any size looks like.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.read += int64(len(b))
	return len(b), nil
}

// csvConstant is what the reader needs for itself: encoding/csv's buffers, which
// grow by doubling up to the limits of a row.
const csvConstant = 16 << 20

func TestParseCSVStopsAtAnEndlessRow(t *testing.T) {
	e := &endless{}
	var err error
	memtest.AtMost(t, 0, csvConstant, func() { _, err = ParseCSV(e, "t.csv", CSVConfig{}) })
	wantError(t, "endless", err, "line 1: a row of more than")
	if e.read > 2*maxRecord {
		t.Errorf("read %d bytes before giving up", e.read)
	}
}

func TestReadCSVAllocatesTwiceTheSizeAtMost(t *testing.T) {
	for name, row := range map[string]string{
		"short cells": strings.Repeat("1,", 99) + "1\n",
		"no cells":    strings.Repeat(",", 99) + "\n",
		"empty lines": "1\n\n\n\n\n\n\n\n",
		"long cells":  strings.Repeat("x", 128) + "\n",
	} {
		path := filepath.Join(t.TempDir(), "t.csv")
		text := strings.Repeat(row, 8<<20/len(row))
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		var tab *Table
		var err error
		memtest.AtMost(t, int64(len(text)), 1<<17, func() { tab, err = ReadCSV(path, CSVConfig{NoHeader: true}) })
		if err != nil || tab.Rows() != 8<<20/len(row) {
			t.Errorf("%s: %v", name, err)
		}
		// of unknown size: a quarter more, and what the last block leaves free
		memtest.AtMost(t, int64(len(text)), int64(len(text))/2, func() { tab, err = ParseCSV(strings.NewReader(text), "t.csv", CSVConfig{NoHeader: true}) })
		if err != nil || tab.Rows() != 8<<20/len(row) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a column has is checked before memory is taken for it, and texts take
// none at all.
func TestColumnsTakeNoMemoryUntilTheyAreGood(t *testing.T) {
	const rows = 1 << 18
	path := filepath.Join(t.TempDir(), "t.csv")
	text := strings.Repeat("1\n", rows) + "x\n"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(*Table) error{
		"Float32": func(t *Table) error { _, err := t.Float32(); return err },
		"Float64": func(t *Table) error { _, err := t.Float64("0"); return err },
		"Int32":   func(t *Table) error { _, err := t.Int32("0"); return err },
		"Text": func(t *Table) error {
			text, err := t.Text("0")
			if err != nil {
				return err
			}
			for s := range text {
				if s == "x" {
					return errors.New(`line 262145, column "0"`)
				}
			}
			return nil
		},
		"Missing": func(t *Table) error {
			if n, err := t.Missing("0"); err != nil || n != 0 {
				return fmt.Errorf("%d missing, %w", n, err)
			}
			return errors.New(`line 262145, column "0"`)
		},
	} {
		var err error
		memtest.AtMost(t, int64(len(text)), 1<<17, func() {
			var tab *Table
			if tab, err = ReadCSV(path, CSVConfig{NoHeader: true}); err == nil {
				err = read(tab)
			}
		})
		wantError(t, name, err, `line 262145, column "0"`)
	}
	// the index of categories takes 4 bytes a row
	tab, err := ReadCSV(path, CSVConfig{NoHeader: true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	memtest.AtMost(t, 2*rows, 1<<17, func() { _, names, err = tab.Categories("0") })
	if err != nil || !slices.Equal(names, []string{"1", "x"}) {
		t.Errorf("categories %q, %v", names, err)
	}
}

func TestCellsInBlocks(t *testing.T) {
	c := newCells(0)
	want := []string{"", "a", strings.Repeat("a", 126), strings.Repeat("b", 127), strings.Repeat("c", 128), strings.Repeat("d", 20000), "", strings.Repeat("e", smallestBlock-1), "f"}
	var empty []int
	for i, s := range want {
		empty = append(empty, i%3)
		c.skip(i % 3)
		c.add(s)
	}
	var got []string
	for n, s := range c.all() {
		if n != empty[len(got)] {
			t.Errorf("%d empty lines before cell %d, want %d", n, len(got), empty[len(got)])
		}
		got = append(got, s)
	}
	if !slices.Equal(got, want) || len(c.blocks) < 3 {
		t.Errorf("%d blocks hold %q", len(c.blocks), got)
	}
}

func TestTableHoldsTheTextOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.csv")
	text := "a,b,c,d\n" + strings.Repeat("1,,3,45\n", 200000)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tab, err := ReadCSV(path, CSVConfig{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := int64(after.HeapAlloc) - int64(before.HeapAlloc); got > int64(len(text))+1<<16 {
		t.Errorf("a file of %d bytes takes %d", len(text), got)
	}
	if tab.Rows() != 200000 {
		t.Errorf("%d rows", tab.Rows())
	}
}

func FuzzParseCSV(f *testing.F) {
	f.Add("a,b\n1,2\n", false)
	f.Add("\"a\nb\",\"\"\"\"\n,\r\n", true)
	f.Add("x;y\nNaN;1e400\n", true)
	for _, c := range hostileCSV {
		if len(c.text) < 1<<12 { // a megabyte slows the fuzzer down and tells it nothing
			f.Add(c.text, false)
		}
	}
	f.Fuzz(func(t *testing.T, text string, noHeader bool) {
		var tab *Table
		var err error
		memtest.AtMost(t, int64(len(text)), csvConstant, func() {
			tab, err = ParseCSV(strings.NewReader(text), "t.csv", CSVConfig{NoHeader: noHeader})
		})
		if err != nil {
			return
		}
		if tab.cells.size > len(text)+len(text)/128+1 { // the room that ReadCSV gives it
			t.Fatalf("%d bytes of cells from %d of text", tab.cells.size, len(text))
		}
		checkPlaces(t, tab, text)
		for _, column := range tab.Columns() {
			if cells := texts(t, tab, column); len(cells) != tab.Rows() {
				t.Fatalf("%d cells in column %q of %d rows", len(cells), column, tab.Rows())
			}
			index, names, err := tab.Categories(column)
			if err != nil || len(index.Values) != tab.Rows() {
				t.Fatalf("%d categories in %d rows, %v", len(index.Values), tab.Rows(), err)
			}
			for row, cell := range texts(t, tab, column) {
				if i := index.Values[row]; cell == "" && i != -1 || cell != "" && names[i] != cell {
					t.Fatalf("row %d, %q, has category %d of %q", row, cell, i, names)
				}
			}
			if x, err := tab.Float32(column); err == nil && x.Rows() != tab.Rows() {
				t.Fatalf("%d numbers in %d rows", x.Rows(), tab.Rows())
			}
		}
	})
}

// checkPlaces holds the line of each cell of the last row against encoding/csv's.
func checkPlaces(t *testing.T, tab *Table, text string) {
	t.Helper()
	if tab.Rows() == 0 {
		return
	}
	in := csv.NewReader(strings.NewReader(text))
	in.ReuseRecord = true
	var lines []int
	for {
		record, err := in.Read()
		if err != nil {
			break
		}
		lines = lines[:0]
		for i := range record {
			line, _ := in.FieldPos(i)
			lines = append(lines, line)
		}
	}
	for column, line := range lines {
		want := fmt.Sprintf("datasets: t.csv: line %d, column %q", line, tab.columns[column])
		if got := tab.place(tab.Rows()-1, column); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}

var _ io.Reader = (*endless)(nil)

func ExampleParseCSV() {
	text := "name,age\nAda,36\nAlan,\n"
	table, err := ParseCSV(strings.NewReader(text), "people.csv", CSVConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ages, err := table.Float32("age")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(table.Columns(), ages.Values)
	_, err = table.Float32("name")
	fmt.Println(err)
	// Output:
	// [name age] [36 NaN]
	// datasets: people.csv: line 2, column "name": "Ada" is no finite number; Text and Categories read names
}
