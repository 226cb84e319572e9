package fetch

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress counts bytes and says how far a download is: on a terminal one line
// that is rewritten a few times a second, elsewhere one line at the end.
type progress struct {
	to       io.Writer
	terminal bool
	name     string
	total    int64 // negative when the server does not say
	count    int64
	shown    time.Time
}

func newProgress(to io.Writer, name string, total int64) *progress {
	p := &progress{to: to, name: name, total: total}
	if file, ok := to.(*os.File); ok {
		info, err := file.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progress) Write(b []byte) (int, error) {
	p.count += int64(len(b))
	if p.terminal && time.Since(p.shown) > 100*time.Millisecond {
		p.shown = time.Now()
		fmt.Fprintf(p.to, "\r%s", p)
	}
	return len(b), nil
}

func (p *progress) done(err error) {
	if p.to == nil {
		return
	}
	if p.terminal {
		fmt.Fprint(p.to, "\r")
	}
	if err != nil {
		fmt.Fprintf(p.to, "%s, broken off\n", p)
		return
	}
	fmt.Fprintf(p.to, "%s\n", p)
}

// String is how far the download is.
func (p *progress) String() string {
	const mega = 1e6
	if p.total < 0 {
		return fmt.Sprintf("downloading %s: %.1f MB", p.name, float64(p.count)/mega)
	}
	return fmt.Sprintf("downloading %s: %.1f of %.1f MB", p.name, float64(p.count)/mega, float64(p.total)/mega)
}
