package callbacks

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/glearn-go/glearn/nn"
)

// CSVLogger writes the results of each epoch as a line of a CSV file: epoch,
// then the results by name.
type CSVLogger struct {
	Path      string
	Separator rune // 0: ','
	Append    bool // to a file that is there, without a second header

	file   *os.File
	writer *csv.Writer
	names  []string // of the columns
	header bool     // is there
	start  int64    // of what this Fit writes, in the file
	text   bytes.Buffer
}

// Check looks for the path.
func (l *CSVLogger) Check() error {
	if l.Path == "" {
		return errors.New("CSVLogger: Path is empty")
	}
	return nil
}

// OnTrainBegin opens the file.
func (l *CSVLogger) OnTrainBegin(*nn.Training) error {
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
	l.file, l.names, l.header, l.start = f, nil, at.Size() > 0, at.Size()
	l.text.Reset()
	l.writer = csv.NewWriter(l.out())
	if l.Separator != 0 {
		l.writer.Comma = l.Separator
	}
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
		if !l.header {
			if err := l.writer.Write(append([]string{"epoch"}, l.names...)); err != nil {
				return err
			}
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
