package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// comparison is one of glearn's times beside a peer's best.
type comparison struct {
	job, ours, peer, setting string
	oursMS, peerMS           float64 // medians over the rounds; the peer's for our rows
	ratio                    float64 // median over the rounds of ours to the peer's
	least, most              float64 // of the ratios
}

// setting is a way in which a side ran a job.
type setting struct{ name, setting string }

// perRow is the time of a row, or of the whole job where it has no rows: sides
// may run different numbers of rows.
func (s sample) perRow() float64 { return s.MS / float64(max(s.Rows, 1)) }

// compare holds each of our ways against the best setting of each peer, job by
// job.
func compare(all []sample, jobs []string) []comparison {
	var out []comparison
	for _, job := range jobs {
		ours, theirs := map[setting][]sample{}, map[string]map[setting][]sample{}
		rows := 0
		for _, s := range all {
			switch key := (setting{s.side.name, s.Setting}); {
			case s.job != job:
			case s.side.ours:
				ours[key] = append(ours[key], s)
				rows = s.Rows
			default:
				if theirs[s.side.name] == nil {
					theirs[s.side.name] = map[setting][]sample{}
				}
				theirs[s.side.name][key] = append(theirs[s.side.name][key], s)
			}
		}
		for _, peer := range theirs {
			best := slices.MinFunc(slices.SortedFunc(maps.Keys(peer), bySetting), func(a, b setting) int {
				return cmp.Compare(middle(peer[a]), middle(peer[b]))
			})
			for _, us := range slices.SortedFunc(maps.Keys(ours), bySetting) {
				c := comparison{job: job, ours: us.name, peer: best.name, setting: best.setting,
					oursMS: middle(ours[us]) * float64(max(rows, 1)), peerMS: middle(peer[best]) * float64(max(rows, 1))}
				c.ratio, c.least, c.most = ratios(ours[us], peer[best])
				out = append(out, c)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b comparison) int {
		return cmp.Or(cmp.Compare(slices.Index(jobs, a.job), slices.Index(jobs, b.job)), cmp.Compare(a.peer, b.peer))
	})
	return out
}

func bySetting(a, b setting) int {
	return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.setting, b.setting))
}

// middle is the median time of a row.
func middle(s []sample) float64 {
	var times []float64
	for _, one := range s {
		times = append(times, one.perRow())
	}
	return median(times)
}

// ratios is the median, the least and the greatest ratio of the times of two
// sides in the same round.
func ratios(ours, theirs []sample) (mid, least, most float64) {
	var all []float64
	for _, a := range ours {
		for _, b := range theirs {
			if a.round == b.round {
				all = append(all, a.perRow()/b.perRow())
			}
		}
	}
	return median(all), slices.Min(all), slices.Max(all)
}

// median is the middle of the values, or the mean of the two in the middle.
func median(values []float64) float64 {
	slices.Sort(values)
	m := len(values) / 2
	if len(values)%2 == 1 {
		return values[m]
	}
	return (values[m-1] + values[m]) / 2
}

func writeTable(w io.Writer, rows []comparison) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "job\tglearn\tms\tpeer\tms\tratio\tof the rounds\tpeer's best setting")
	for _, c := range rows {
		fmt.Fprintf(t, "%s\t%s\t%.3g\t%s\t%.3g\t%.3f\t%.3f to %.3f\t%s\n", c.job, c.ours, c.oursMS, c.peer, c.peerMS, c.ratio, c.least, c.most, c.setting)
	}
	return t.Flush()
}
