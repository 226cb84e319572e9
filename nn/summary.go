package nn

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Summary writes a table of the model's layers, their output shapes and how
// many parameters each has, as Keras does: "?" and 0 before a Sequential model is
// built. In a functional model a fourth column says what each layer is connected
// to.
func (m *Model) Summary(out io.Writer) error {
	m.preparing.Lock()
	defer m.preparing.Unlock()
	if !m.built && (m.stack == nil || m.startKnown()) {
		if err := m.build(nil); err != nil {
			return err
		}
	}
	if m.err != nil {
		return m.err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Model: %q\n", m.name)
	t := table.NewWriter()
	style := table.StyleBold
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	header := table.Row{"Layer (type)", "Output Shape", "Param #"}
	if m.stack == nil {
		header = append(header, "Connected to")
	}
	t.AppendHeader(header)
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, Align: text.AlignRight, AlignHeader: text.AlignRight}})
	if !m.built {
		names, err := m.stackNames()
		if err != nil {
			return err
		}
		for i, s := range m.stack {
			t.AppendRow(table.Row{fmt.Sprintf("%s (%s)", names[i], typeName(s)), "?", "0 (unbuilt)"})
		}
	} else {
		m.summaryRows(t)
	}
	b.WriteString(t.Render())
	trained, fixed := 0, 0
	for _, w := range m.allWeights() {
		if w.Trainable() {
			trained += w.Size()
		} else {
			fixed += w.Size()
		}
	}
	fmt.Fprintf(&b, "\n Total params: %s (%s)", commas(trained+fixed), byteSize(4*(trained+fixed)))
	fmt.Fprintf(&b, "\n Trainable params: %s (%s)", commas(trained), byteSize(4*trained))
	fmt.Fprintf(&b, "\n Non-trainable params: %s (%s)\n", commas(fixed), byteSize(4*fixed))
	_, err := io.WriteString(out, b.String())
	return err
}

// summaryRows has a row for each use of a layer; a shared layer's parameters
// count at its first.
func (m *Model) summaryRows(t table.Writer) {
	names := make([]string, len(m.inShapes))
	for i, shape := range m.inShapes {
		names[i] = "input_layer"
		if i > 0 {
			names[i] = fmt.Sprintf("input_layer_%d", i)
		}
		if m.stack == nil {
			if m.inputs[i].name != "" {
				names[i] = m.inputs[i].name
			}
			t.AppendRow(table.Row{names[i] + " (Input)", batchShape(shape), "0", "-"})
		}
	}
	seen := map[*instance]bool{}
	for _, k := range m.calls {
		params := 0
		if !seen[k.inst] {
			seen[k.inst] = true
			for _, w := range k.inst.weights {
				params += w.Size()
			}
		}
		row := table.Row{fmt.Sprintf("%s (%s)", k.inst.name, typeName(k.inst.layer)), batchShape(k.shape), commas(params)}
		if m.stack == nil {
			var from []string
			for _, at := range k.from {
				from = append(from, names[at])
			}
			row = append(row, strings.Join(from, ", "))
		}
		names = append(names, k.inst.name)
		t.AppendRow(row)
	}
}

// batchShape is "(None, 64)".
func batchShape(shape []int) string {
	parts := []string{"None"}
	for _, d := range shape {
		parts = append(parts, fmt.Sprint(d))
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// commas groups digits by three: 640,064.
func commas(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func byteSize(n int) string {
	x := float64(n)
	for _, unit := range []string{"B", "KB", "MB", "GB"} {
		if x < 1024 || unit == "GB" {
			return fmt.Sprintf("%.2f %s", x, unit)
		}
		x /= 1024
	}
	return ""
}
