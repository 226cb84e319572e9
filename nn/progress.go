package nn

import (
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress shows how an epoch goes, in Keras' look: a bar that is drawn over
// on a terminal, with the time to go and, at the end, the time it took,
//
//	Epoch 2/20
//	 9/16 ━━━━━━━━━━━━━━━━━━━━  84ms   12ms/step - loss: 0.9121 - accuracy: 0.7812
//
// and only the finished line of each epoch elsewhere.
type progress struct {
	out   io.Writer // nil shows nothing
	file  *os.File  // out, where that is a terminal
	live  bool      // out is a terminal
	color bool
	width int // of the terminal

	epoch string // "Epoch 2/20"
	steps int    // of an epoch; 0 is not known
	drawn time.Time
	open  bool // a line stands that has no end
	// Where the epoch began here, where it was after one batch, and where it is.
	start, first, last mark
}

// mark is how many batches were done at a time.
type mark struct {
	done int
	at   time.Time
}

// redraw is the pace of the bar.
const redraw = 100 * time.Millisecond

// barWidth is that of the bar on terminals of at least barWidth+besideBar
// columns. On narrower ones the bar gives way to the numbers.
const barWidth, besideBar = 20, 40

func newProgress(out io.Writer) progress {
	p := progress{out: out}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		p.file, p.live, p.width = f, true, 80
		p.color = os.Getenv("NO_COLOR") == ""
	}
	return p
}

// begin is the start of an epoch of which done batches are behind already.
func (p *progress) begin(epoch, epochs, steps, done int) {
	if p.out == nil {
		return
	}
	p.epoch, p.steps, p.drawn = fmt.Sprintf("Epoch %d/%d", epoch+1, epochs), steps, time.Time{}
	p.start = mark{done, time.Now()}
	p.first, p.last = p.start, p.start
	if p.live {
		fmt.Fprintln(p.out, p.epoch)
		return
	}
	fmt.Fprint(p.out, p.epoch, ": ")
	p.open = true
}

// update shows that done batches are behind; results is asked only when the
// line is drawn.
func (p *progress) update(done int, results func() *Results) {
	if p.out == nil {
		return
	}
	p.last = mark{done, time.Now()}
	if done == p.start.done+1 {
		p.first = p.last
	}
	if !p.live || p.last.at.Sub(p.drawn) < redraw {
		return
	}
	p.drawn, p.open = p.last.at, true
	p.measure()
	fmt.Fprint(p.out, "\r", p.line(results().String(), p.width-1), "\x1b[K")
}

// measure asks for the terminal's width, which its user may change.
func (p *progress) measure() {
	if p.file == nil {
		return
	}
	if w, _, err := term.GetSize(int(p.file.Fd())); err == nil && w > 0 {
		p.width = w
	}
}

// end shows the results of an epoch of the given number of batches.
func (p *progress) end(steps int, r *Results) {
	if p.out == nil {
		return
	}
	if p.live {
		p.last.done, p.steps = steps, steps
		p.measure()
		// Nothing is drawn over this line: it may wrap.
		fmt.Fprint(p.out, "\r\x1b[K", p.line(r.String(), math.MaxInt), "\n")
	} else {
		if !p.open {
			fmt.Fprint(p.out, p.epoch, ": ")
		}
		fmt.Fprintf(p.out, "%d steps, %s, %s/step - %s\n", steps, duration(time.Since(p.start.at)), duration(p.step()), r)
	}
	p.open = false
}

// abort ends a line that will not be finished.
func (p *progress) abort() {
	if p.open {
		fmt.Fprintln(p.out)
	}
	p.open = false
}

// logf writes a line of its own, above the bar on a terminal. Where there is no
// progress to see it is a line of the log.
func (p *progress) logf(format string, args ...any) {
	text := strings.TrimSuffix(fmt.Sprintf(format, args...), "\n")
	switch {
	case p.out == nil:
		slog.Info("glearn: " + text)
		return
	case p.open && p.live:
		text = "\r\x1b[K" + text
	case p.open:
		text = "\n" + text
	}
	fmt.Fprintln(p.out, text)
	p.open, p.drawn = false, time.Time{}
}

// step is the time of a batch: without the first, as it compiles programs, and
// without validation.
func (p *progress) step() time.Duration {
	since := p.first
	if p.last.done <= since.done {
		since = p.start
	}
	return p.last.at.Sub(since.at) / time.Duration(max(p.last.done-since.done, 1))
}

// line is the counts, the bar, the time and the results, cut to so many columns.
// What stands before the results keeps its width from one batch to the next.
func (p *progress) line(results string, columns int) string {
	bar := barWidth
	if p.width > 0 {
		bar = min(barWidth, max(0, p.width-besideBar))
	}
	each, clock := p.step(), time.Since(p.start.at)
	counts, filled := fmt.Sprintf("%7d/Unknown ", p.last.done), bar
	if p.steps > 0 {
		total := fmt.Sprint(p.steps)
		counts, filled = fmt.Sprintf("%*d/%s ", len(total), p.last.done, total), bar*p.last.done/p.steps
		if p.last.done < p.steps {
			clock = each * time.Duration(p.steps-p.last.done) // to go
		}
	}
	rest := "╌"
	if p.color {
		rest = "━"
	}
	l := styled{color: p.color, room: columns}
	l.add(bold, counts)
	l.add(green, strings.Repeat("━", filled))
	l.add(grey, strings.Repeat(rest, bar-filled))
	if bar > 0 {
		l.add("", " ")
	}
	l.add(bold, fmt.Sprintf("%5s", duration(clock)))
	l.add("", fmt.Sprintf(" %5s/step - %s", duration(each), results))
	return l.text.String()
}

const bold, green, grey, plain = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"

// styled is a line with room for so many more columns.
type styled struct {
	text  strings.Builder
	color bool
	room  int
}

func (l *styled) add(style, text string) {
	runes := []rune(text)
	runes = runes[:min(len(runes), max(l.room, 0))]
	l.room -= len(runes)
	switch {
	case len(runes) == 0:
	case l.color && style != "":
		l.text.WriteString(style + string(runes) + plain)
	default:
		l.text.WriteString(string(runes))
	}
}

// duration is d to two or three digits and in at most five columns up to ten
// minutes, in us, ms, s, and from a minute on in minutes and seconds.
func duration(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return "<1us"
	case d < 999500*time.Nanosecond:
		return fmt.Sprintf("%.0fus", float64(d)/1e3)
	case d < 9950*time.Microsecond:
		return fmt.Sprintf("%.1fms", float64(d)/1e6)
	case d < 999500*time.Microsecond:
		return fmt.Sprintf("%.0fms", float64(d)/1e6)
	case d < 9950*time.Millisecond:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < 59500*time.Millisecond:
		return fmt.Sprintf("%.0fs", d.Seconds())
	}
	s := int(d.Round(time.Second).Seconds())
	if s < 3600 {
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	}
	return fmt.Sprintf("%dh%02dm", s/3600, s%3600/60)
}
