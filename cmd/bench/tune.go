package main

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/compute"
)

// runTune lets devices that can time their ways to compute the products, and
// gives each way as a result of its own.
func runTune(devices []device, s settings) (results []result, failed int) {
	for _, d := range devices {
		t, ok := d.Backend.(compute.Tuner)
		if !ok {
			fmt.Fprintf(s.log, "bench: %s has one way to compute a product, and nothing to tune\n", d.name)
			continue
		}
		sizes := productSizes
		if len(gpus([]device{d})) > 0 {
			sizes = append(slices.Clip(sizes), largeProduct)
		}
		for _, size := range sizes {
			for _, trans := range transposes {
				name := fmt.Sprintf("Tune/%dx%dx%d/%s", size[0], size[1], size[2], trans)
				if !s.only.MatchString(name) {
					continue
				}
				k := &compute.MatMul{M: size[0], N: size[1], K: size[2], TransA: trans[0] == 'T', TransB: trans[1] == 'T'}
				rs, bad := d.tune(t, k, name, s)
				results, failed = append(results, rs...), failed+bad
			}
		}
	}
	return results, failed
}

// tune is one product's part of the suite. The log names the fastest way, and
// those that compute wrong results.
func (d device) tune(t compute.Tuner, k *compute.MatMul, name string, s settings) (results []result, failed int) {
	timed, trials, err := t.Tune(k)
	if err != nil {
		fmt.Fprintf(s.log, "bench: %s: on %s: %v\n", name, d.name, err)
		return nil, 1
	}
	for _, trial := range trials {
		if trial.Err != nil {
			fmt.Fprintf(s.log, "bench: %s: on %s: %v\n", name, d.name, trial.Err)
			failed++
			continue
		}
		if trial.Chosen {
			fmt.Fprintf(s.log, "%s: tried on %v: %s is the fastest\n", name, timed, trial.Way)
		}
		r := d.result("tune", name+"/"+trial.Way)
		r.Checked = true
		r.timed([]float64{1e3 * trial.Seconds}, 1, float64(timed.FLOPs()), 0)
		results = append(results, r)
	}
	return results, failed
}
