package nn

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
)

// progress shows how an epoch goes, in Keras' look: a bar that is drawn over
// on a terminal,
//
//	Epoch 2/20
//	 9/16 ━━━━━━━━━━━━━━━━━━━━ 0s 12ms/step - loss: 0.9121 - accuracy: 0.7812
//
// and only the finished line of each epoch elsewhere.
type progress struct {
	out   io.Writer // nil shows nothing
	live  bool      // out is a terminal
	color bool
	width int // of the terminal

	steps int // of an epoch; 0 is not known
	start time.Time
	drawn time.Time // when the line that stands was; zero where none does
	done  int
}

// redraw is the pace of the bar.
const redraw = 100 * time.Millisecond

const barWidth = 20

func newProgress(out io.Writer) progress {
	p := progress{out: out}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.live, p.width = true, 80
		p.color = os.Getenv("NO_COLOR") == ""
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
	end := ": "
	if p.live {
		end = "\n"
	}
	fmt.Fprintf(p.out, "Epoch %d/%d%s", epoch+1, epochs, end)
}

// update shows that done batches are behind; results is asked only when the
// line is drawn.
func (p *progress) update(done int, results func() *Results) {
	p.done = done
	if !p.live || time.Since(p.drawn) < redraw {
		return
	}
	p.drawn = time.Now()
	fmt.Fprint(p.out, "\r", p.line(results().String(), p.width-1), "\x1b[K")
}

// end shows the results of an epoch of the given number of batches.
func (p *progress) end(steps int, r *Results) {
	if p.out == nil {
		return
	}
	spent := time.Since(p.start)
	if p.live {
		p.done, p.steps = steps, steps
		// Nothing is drawn over this line: it may wrap.
		fmt.Fprint(p.out, "\r", p.line(r.String(), 0), "\x1b[K\n")
		return
	}
	fmt.Fprintf(p.out, "%d steps, %s, %s/step - %s\n", steps, roundTime(spent), perStep(spent/time.Duration(max(steps, 1))), r)
}

// abort ends a line that will not be finished.
func (p *progress) abort() {
	if p.out != nil && (!p.live || !p.drawn.IsZero()) {
		fmt.Fprintln(p.out)
	}
}

// line is the counts, the bar, the time and the results, cut to width columns
// where that is not 0.
func (p *progress) line(results string, width int) string {
	spent := time.Since(p.start)
	each := spent / time.Duration(max(p.done, 1))
	total, filled, clock := "Unknown", barWidth, spent
	if p.steps > 0 {
		total, filled = fmt.Sprint(p.steps), barWidth*p.done/p.steps
		if p.done < p.steps {
			clock = each * time.Duration(p.steps-p.done) // to go
		}
	}
	counts := fmt.Sprintf("%*d/%s", len(total), p.done, total)
	seconds := fmt.Sprintf("%.0fs", clock.Seconds())
	rest := fmt.Sprintf(" %s/step - %s", perStep(each), results)
	if room := width - utf8.RuneCountInString(counts+seconds) - barWidth - 2; width > 0 && utf8.RuneCountInString(rest) > room {
		rest = string([]rune(rest)[:max(room, 0)])
	}
	done, left := strings.Repeat("━", filled), strings.Repeat("━", barWidth-filled)
	if !p.color {
		left = strings.Repeat("╌", barWidth-filled)
		return fmt.Sprint(counts, " ", done, left, " ", seconds, rest)
	}
	const bold, green, grey, plain = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"
	return fmt.Sprint(bold, counts, plain, " ", green, done, plain, grey, left, plain, " ", bold, seconds, plain, rest)
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

func roundTime(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(100 * time.Microsecond)
}
