package callbacks

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/glearn-go/glearn/nn"
)

// CSVLogger writes the results of each epoch as a line of a CSV file: epoch,
// then the results by name, NaN where an epoch does not validate.
type CSVLogger struct {
	Path      string
	Separator rune // 0: ','
	Append    bool // to a file that is there, whose columns have to be the same

	file   *os.File
	writer *csv.Writer
	names  []string // of the columns
	header []string // that the file began with; nil where there was none
	start  int64    // of what this Fit writes, in the file
	text   bytes.Buffer
}

// Check looks at the settings.
func (l *CSVLogger) Check() error {
	if l.Path == "" {
		return errors.New("its Path is empty")
	}
	if err := l.newWriter(io.Discard).Write(nil); err != nil {
		return fmt.Errorf("its Separator is %q: %w", l.Separator, err)
	}
	return nil
}

func (l *CSVLogger) newWriter(out io.Writer) *csv.Writer {
	w := csv.NewWriter(out)
	if l.Separator != 0 {
		w.Comma = l.Separator
	}
	return w
}

// readHeader reads the first line of a file that is there and not empty.
func (l *CSVLogger) readHeader() error {
	l.header = nil
	if !l.Append {
		return nil
	}
	f, err := os.Open(l.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = l.newWriter(nil).Comma
	if l.header, err = r.Read(); err == io.EOF {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the file to append to, %s, has no header: %w", l.Path, err)
	}
	return nil
}

// OnTrainBegin opens the file.
func (l *CSVLogger) OnTrainBegin(*nn.Training) error {
	if err := l.readHeader(); err != nil {
		return err
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if l.Append {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	}
	f, err := os.OpenFile(l.Path, flags, 0o666)
	if err != nil {
		return err
	}
	at, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.file, l.names, l.start = f, nil, at.Size()
	l.text.Reset()
	l.writer = l.newWriter(l.out())
	return nil
}

// out writes to the file and keeps what was written, for a checkpoint.
func (l *CSVLogger) out() io.Writer { return io.MultiWriter(l.file, &l.text) }

// OnEpochEnd writes a line.
func (l *CSVLogger) OnEpochEnd(t *nn.Training, r *nn.Results) error {
	if l.names == nil {
		l.names = r.Names()
		if t.Validates() && !r.Has("val_loss") {
			// Later epochs have more to say than the first.
			for _, name := range r.Names() {
				l.names = append(l.names, "val_"+name)
			}
		}
		columns := append([]string{"epoch"}, l.names...)
		if l.header == nil {
			if err := l.writer.Write(columns); err != nil {
				return err
			}
		} else if !slices.Equal(l.header, columns) {
			return fmt.Errorf("the file to append to, %s, has the columns %q, the results take %q", l.Path, l.header, columns)
		}
	}
	line := []string{strconv.Itoa(t.Epoch())}
	for _, name := range l.names {
		line = append(line, strconv.FormatFloat(r.Get(name), 'g', -1, 64))
	}
	if err := l.writer.Write(line); err != nil {
		return err
	}
	l.writer.Flush()
	return l.writer.Error()
}

// OnTrainEnd closes the file.
func (l *CSVLogger) OnTrainEnd(*nn.Training, error) error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}
