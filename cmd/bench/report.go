package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// writeTable prints a row for each job and, for each device, its time and how
// much work that is a second. With a CPU and a GPU the last column is the GPU's
// speed as a multiple of the CPU's.
func writeTable(w io.Writer, devices []device, results []result) {
	both := find(devices, "cpu") && find(devices, "opengl")
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	head := table.Row{"job"}
	var columns []table.ColumnConfig
	for _, d := range devices {
		head = append(head, d.name+" ms", "work/s")
	}
	if both {
		head = append(head, "GPU/CPU")
	}
	for i := range head[1:] {
		columns = append(columns, table.ColumnConfig{Number: i + 2, Align: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	t.AppendHeader(head)
	of := map[string]map[string]result{}
	suite := ""
	for _, r := range results {
		if of[r.Name] == nil {
			of[r.Name] = map[string]result{}
		}
		of[r.Name][r.Backend] = r
	}
	for _, r := range results {
		byDevice, todo := of[r.Name]
		if !todo {
			continue
		}
		delete(of, r.Name)
		if suite != "" && suite != r.Suite {
			t.AppendSeparator()
		}
		suite = r.Suite
		row := table.Row{r.Name}
		for _, d := range devices {
			if one, ok := byDevice[d.name]; ok {
				row = append(row, short(one.MS), rate(one))
			} else {
				row = append(row, "", "")
			}
		}
		cpu, gpu := byDevice["cpu"].MS, byDevice["opengl"].MS
		if both && cpu > 0 && gpu > 0 {
			row = append(row, short(cpu/gpu))
		}
		t.AppendRow(row)
	}
	fmt.Fprintln(w, t.Render())
	if both {
		fmt.Fprintln(w, "GPU/CPU: speed of the GPU backend as a multiple of the CPU backend's; above 1 the GPU is faster.")
	}
	fmt.Fprintln(w, "Times are medians; results were checked before they were timed.")
}

func find(devices []device, name string) bool {
	for _, d := range devices {
		if d.name == name {
			return true
		}
	}
	return false
}

// short has three digits that count, of numbers from 0.001 on.
func short(x float64) string {
	switch {
	case x < 0.1:
		return fmt.Sprintf("%.4f", x)
	case x < 1:
		return fmt.Sprintf("%.3f", x)
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// rate is the work a second: arithmetic, memory, or examples of an epoch.
func rate(r result) string {
	switch {
	case r.Rows > 0 && r.MS > 0 && r.Suite != scalingSuite:
		return short(1e3*float64(r.Rows)/r.MS) + " rows"
	case r.GFLOPS > 0:
		return short(r.GFLOPS) + " GFLOP"
	case r.gbs > 0:
		return short(r.gbs) + " GB"
	}
	return ""
}

// writeGo prints the samples in Go's benchmark format, for benchstat: the
// backend is part of the name, so `benchstat -col /backend` compares them.
func writeGo(w io.Writer, results []result) {
	fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: github.com/glearn-go/glearn/cmd/bench\n", runtime.GOOS, runtime.GOARCH)
	for _, r := range results {
		name := strings.ReplaceAll(r.Name, " ", "_")
		samples, each := grouped(r.samples, mostLines)
		for _, ms := range samples {
			fmt.Fprintf(w, "Benchmark%s%s/backend=%s-%d\t%d\t%.1f ns/op", strings.ToUpper(name[:1]), name[1:], r.Backend, runtime.GOMAXPROCS(0), r.runs*each, 1e6*ms)
			if r.MS > 0 && ms > 0 {
				scale := r.MS / ms
				switch {
				case r.Rows > 0:
					fmt.Fprintf(w, "\t%.1f rows/s", 1e3*float64(r.Rows)/ms)
				case r.GFLOPS > 0:
					fmt.Fprintf(w, "\t%.3f GFLOP/s", r.GFLOPS*scale)
				case r.gbs > 0:
					fmt.Fprintf(w, "\t%.3f GB/s", r.gbs*scale)
				}
			}
			fmt.Fprintln(w)
		}
	}
}

// mostLines is as many as writeGo prints for one job: an epoch of a small model
// is so short that there are thousands of them.
const mostLines = 200

// grouped is at most most means of neighbouring samples, each of the same number
// of them; a rest too short for one is left out.
func grouped(samples []float64, most int) (means []float64, each int) {
	each = max(1, (len(samples)+most-1)/most)
	for part := range slices.Chunk(samples, each) {
		if len(part) < each {
			break
		}
		sum := 0.0
		for _, x := range part {
			sum += x
		}
		means = append(means, sum/float64(each))
	}
	return means, each
}
