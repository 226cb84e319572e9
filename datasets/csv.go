package datasets

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// CSVConfig says how a CSV file is written. The zero value means commas, a first
// line with the names of the columns, and missing cells that are empty or NA,
// N/A, NaN, null or None in any case.
type CSVConfig struct {
	Comma    rune     // what separates cells; 0 means ','
	NoHeader bool     // the first line is data; columns are called "0", "1", ...
	Missing  []string // how a missing cell is written, case does not matter; nil means the list above
}

// Table is a CSV file in memory: rows of text cells, some of them missing. It
// holds the text of the file once, whatever the number of cells.
type Table struct {
	name    string
	columns []string
	rows    int
	first   int // line after the names
	cells   cells
	missing []string
}

// Bounds of one row of a CSV file: encoding/csv holds a whole row in memory, in
// up to a hundred bytes a cell.
const (
	maxRecord  = 1 << 20 // bytes
	maxColumns = 1 << 16
)

// maxCSV bounds a CSV file, in bytes.
const maxCSV = 1 << 30

// ReadCSV reads a CSV file. A row with another number of cells than the first is
// an error, as is a row of more than 1 MiB or 65,536 cells.
func ReadCSV(path string, cfg CSVConfig) (*Table, error) {
	f, size, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > maxCSV {
		return nil, fmt.Errorf("datasets: %s: %d bytes, want at most %d", path, size, maxCSV)
	}
	return parseCSV(f, path, int(size), cfg)
}

// ParseCSV is [ReadCSV] from any reader; name stands for it in errors.
func ParseCSV(r io.Reader, name string, cfg CSVConfig) (*Table, error) {
	return parseCSV(io.LimitReader(r, maxCSV), name, 0, cfg)
}

func parseCSV(r io.Reader, name string, size int, cfg CSVConfig) (*Table, error) {
	t := &Table{name: name, cells: newCells(size), missing: cfg.Missing}
	if cfg.Missing == nil {
		t.missing = []string{"NA", "N/A", "NaN", "null", "None"}
	}
	if cfg.Comma == 0 {
		cfg.Comma = ','
	}
	in := csv.NewReader(&recordLimit{r: r, comma: string(cfg.Comma)[0]})
	in.ReuseRecord = true
	in.Comma = cfg.Comma
	t.first = 1
	next := t.first // line
	for {
		record, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, t.readError(err, record)
		}
		line, _ := in.FieldPos(0)
		empty := line - next
		next = line + 1
		for _, cell := range record {
			next += strings.Count(cell, "\n")
		}
		if t.columns == nil {
			if t.columns = header(record, cfg.NoHeader); !cfg.NoHeader {
				if err := t.checkHeader(line); err != nil {
					return nil, err
				}
				t.first = next
				continue
			}
		}
		t.cells.skip(empty)
		for _, cell := range record {
			t.cells.add(cell)
		}
		t.rows++
	}
	if t.columns == nil {
		return nil, fmt.Errorf("datasets: %s: the file is empty", name)
	}
	return t, nil
}

func header(record []string, none bool) []string {
	columns := make([]string, len(record))
	for i, cell := range record {
		if none {
			cell = fmt.Sprint(i)
		} else if i == 0 {
			cell = strings.TrimPrefix(cell, "\ufeff") // spreadsheets put it there
		}
		columns[i] = strings.Clone(strings.TrimSpace(cell))
	}
	return columns
}

func (t *Table) checkHeader(line int) error {
	sorted := slices.Sorted(slices.Values(t.columns))
	for i, column := range sorted {
		if i > 0 && column == sorted[i-1] {
			return fmt.Errorf("datasets: %s: line %d: two columns are called %.40q; without a line of names, set NoHeader", t.name, line, column)
		}
	}
	return nil
}

// readError says where a CSV file is malformed: in which line its row begins, and
// in which column, where the row has as many.
func (t *Table) readError(err error, record []string) error {
	var parse *csv.ParseError
	switch {
	case !errors.As(err, &parse):
		return fmt.Errorf("datasets: %s: %w", t.name, err)
	case errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("datasets: %s: line %d has %d cells, the first line has %d", t.name, parse.StartLine, len(record), len(t.columns))
	case len(record) < len(t.columns): // it ends before the malformed cell
		return fmt.Errorf("datasets: %s: line %d, column %q: %w", t.name, parse.StartLine, t.columns[len(record)], parse.Err)
	}
	return fmt.Errorf("datasets: %s: line %d: %w", t.name, parse.StartLine, parse.Err)
}

// recordLimit ends reading with an error when a row does not end or has too
// many cells. A line end or a comma inside of quotes ends nothing.
type recordLimit struct {
	r      io.Reader
	comma  byte // first byte of the separator
	line   int  // from 0
	begin  int  // line in which the row begins
	length int
	commas int
	quoted bool
}

func (l *recordLimit) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	for i, c := range b[:n] {
		l.length++
		switch {
		case c == '"':
			l.quoted = !l.quoted
		case c == '\n':
			l.line++
			if !l.quoted {
				l.begin, l.length, l.commas = l.line, 0, 0
			}
		case c == l.comma && !l.quoted:
			l.commas++
		}
		if l.length > maxRecord {
			return i, fmt.Errorf("line %d: a row of more than %d bytes; a quote may be open", l.begin+1, maxRecord)
		}
		if l.commas >= maxColumns {
			return i, fmt.Errorf("line %d: a row of more than %d cells", l.begin+1, maxColumns)
		}
	}
	return n, err
}
