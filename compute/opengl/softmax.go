//go:build cgo && (linux || windows)

package opengl

import (
	"github.com/glearn-go/glearn/compute"
)

// softmax lowers Softmax: a team of invocations shares each row.
func (l *lowering) softmax(k *compute.Softmax) error {
	if k.Rows == 0 || k.Cols == 0 {
		return nil
	}
	for _, w := range l.rowWindows(k.Rows, k.Cols, k.In, k.Out) {
		s := l.rowShader("Softmax", k.Cols, w[1])
		in, base := s.memory(window(k.In, w[0], w[1], k.Cols), false)
		out, place := s.memory(window(k.Out, w[0], w[1], k.Cols), true)
		s.define("IN(col)", in+"["+base+" + row * "+s.number(k.In.Stride)+" + (col)]")
		s.define("OUT(col)", out+"["+place+" + row * "+s.number(k.Out.Stride)+" + (col)]")
		s.define("LOG", truth(k.Log))
		s.include("softmax")
		if err := s.runRows(w[1]); err != nil {
			return err
		}
	}
	return nil
}

// crossEntropy lowers SoftmaxCrossEntropy the same way.
func (l *lowering) crossEntropy(k *compute.SoftmaxCrossEntropy) error {
	if k.Rows == 0 {
		return nil
	}
	for _, w := range l.rowWindows(k.Rows, k.Cols, k.Logits, k.Targets, k.Grad) {
		s := l.rowShader("SoftmaxCrossEntropy", k.Cols, w[1])
		logits := window(k.Logits, w[0], w[1], k.Cols)
		if logits.Empty() {
			logits = k.Loss.Slice(w[0], 0) // no columns: never read
		}
		in, base := s.memory(logits, false)
		s.define("IN(col)", in+"["+base+" + row * "+s.number(k.Logits.Stride)+" + (col)]")
		s.define("LABELS", truth(!k.Labels.Empty()))
		if k.Labels.Empty() {
			targets := window(k.Targets, w[0], w[1], k.Cols)
			words, place := s.memory(targets, false)
			s.define("LABEL", "0")
			s.define("TARGET(col)", "uintBitsToFloat("+words+"["+place+" + row * "+s.number(k.Targets.Stride)+" + (col)])")
		} else {
			words, place := s.memory(k.Labels.Slice(w[0], w[1]), false)
			s.define("LABEL", "int("+words+"["+place+" + row])")
			s.define("TARGET(col)", "(int(col) == label ? 1.0 : 0.0)")
		}
		loss, place := s.memory(k.Loss.Slice(w[0], w[1]), true)
		s.define("LOSS", loss+"["+place+" + row]")
		s.define("SCALE", glFloat(k.GradScale()))
		s.define("WANT_GRAD", truth(!k.Grad.Empty() && k.Cols > 0))
		if k.Grad.Empty() || k.Cols == 0 {
			s.define("GRAD(col)", "LOSS")
		} else {
			words, place := s.memory(window(k.Grad, w[0], w[1], k.Cols), true)
			s.define("GRAD(col)", words+"["+place+" + row * "+s.number(k.Grad.Stride)+" + (col)]")
		}
		s.include("crossentropy")
		if err := s.runRows(w[1]); err != nil {
			return err
		}
	}
	return nil
}

// rowWindows cuts rows so that each of the matrices fits a storage block.
func (l *lowering) rowWindows(rows, cols int, matrices ...compute.Matrix) [][2]int {
	longest := matrices[0]
	for _, m := range matrices {
		if !m.Empty() && m.Stride > longest.Stride {
			longest = m
		}
	}
	return l.windows(longest, rows, cols)
}

// rowShader starts a kernel in which a team of TEAM invocations shares a row:
// one for short rows, so that no invocation waits for another.
func (l *lowering) rowShader(kernel string, cols, rows int) *shader {
	team, together := 1, 64
	switch {
	case l.lim.software && cols <= 8192 || cols <= 32:
	case cols <= 1024:
		team, together = 32, 4
	default:
		team, together = 256, 1
	}
	s := l.shader(kernel, team, together)
	s.call("special", "exp", "log")
	s.define("TEAM", itoa(team)+"u")
	s.define("TOGETHER", itoa(together)+"u")
	s.define("COLS", s.number(cols))
	s.define("ROWS", s.number(rows))
	if team > 1 {
		s.define("SHARES", "")
		s.line("shared float shares[TOGETHER][TEAM];")
	}
	s.include("team")
	return s
}

func (s *shader) runRows(rows int) error {
	y, z := s.l.grid(ceil(rows, s.local[1]))
	return s.run(1, y, z)
}
