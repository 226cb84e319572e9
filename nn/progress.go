package nn

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress shows how an epoch goes, in Keras' look: a bar that is drawn over
// on a terminal,
//
//	Epoch 2/20
//	9/16 ━━━━━━━━━━━╸━━━━━━━━ 0s 12ms/step - loss: 0.9121 - accuracy: 0.7812
//
// and only the finished line of each epoch elsewhere.
type progress struct {
	out   io.Writer // nil shows nothing
	live  bool      // out is a terminal
	width int       // of the terminal

	steps    int
	start    time.Time
	drawn    time.Time
	lastLine int // runes of the line that stands
	done     int
}

// redraw is the pace of the bar.
const redraw = 100 * time.Millisecond

const barWidth = 20

func newProgress(out io.Writer) progress {
	p := progress{out: out}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.live, p.width = true, 80
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			p.width = w
		}
	}
	return p
}

func (p *progress) begin(epoch, epochs, steps int) {
	if p.out == nil {
		return
	}
	p.steps, p.start, p.drawn, p.done = steps, time.Now(), time.Time{}, 0
	if p.live {
		fmt.Fprintf(p.out, "Epoch %d/%d\n", epoch+1, epochs)
	} else {
		fmt.Fprintf(p.out, "Epoch %d/%d: ", epoch+1, epochs)
	}
}

// update shows that done batches are behind; results is asked only when the
// line is drawn.
func (p *progress) update(done int, results func() *Results) {
	p.done = done
	if !p.live || done >= p.steps || time.Since(p.drawn) < redraw {
		return
	}
	p.drawn = time.Now()
	p.draw(results())
}

func (p *progress) draw(r *Results) {
	line := p.line(r)
	runes := []rune(line)
	if len(runes) > p.width-1 {
		runes = runes[:p.width-1]
	}
	pad := max(p.lastLine-len(runes), 0)
	p.lastLine = len(runes)
	fmt.Fprintf(p.out, "\r%s%s", string(runes), strings.Repeat(" ", pad))
}

// line is the counts, the bar, the time and the results.
func (p *progress) line(r *Results) string {
	spent := time.Since(p.start)
	each := spent / time.Duration(max(p.done, 1))
	filled := barWidth * p.done / max(p.steps, 1)
	bar := strings.Repeat("━", filled)
	if filled < barWidth {
		bar += "╸" + strings.Repeat(" ", barWidth-filled-1)
	}
	shown := fmt.Sprintf("%.0fs", spent.Seconds())
	if p.done < p.steps {
		shown = fmt.Sprintf("%.0fs", (each * time.Duration(p.steps-p.done)).Seconds()) // to go
	}
	return fmt.Sprintf("%d/%d %s %s %s/step - %s", p.done, p.steps, bar, shown, perStep(each), r)
}

func perStep(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%dms", d.Milliseconds())
	}
	return fmt.Sprintf("%dus", d.Microseconds())
}

// end shows the epoch's results.
func (p *progress) end(r *Results) {
	switch {
	case p.out == nil:
	case p.live:
		p.done = p.steps
		// The finished line may be longer than the terminal: it may wrap.
		fmt.Fprintf(p.out, "\r%s%s\n", p.line(r), "\x1b[K")
		p.lastLine = 0
	default:
		spent := time.Since(p.start)
		fmt.Fprintf(p.out, "%d steps, %s, %s/step - %s\n", p.steps, roundTime(spent), perStep(spent/time.Duration(max(p.steps, 1))), r)
	}
}

func roundTime(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(100 * time.Microsecond)
}

// abort ends a line that will not be finished.
func (p *progress) abort() {
	if p.out != nil {
		fmt.Fprintln(p.out)
		p.lastLine = 0
	}
}
