package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
)

// side is a program that measures jobs and prints samples as JSON.
type side struct {
	name    string
	ours    bool
	jobs    []string
	command func(job string) *exec.Cmd
	env     []string
}

// sample is one measurement, as the programs print it.
type sample struct {
	Setting string  `json:"setting"` // how the peer was set
	Rows    int     `json:"rows"`    // examples of an epoch; 0 for a product
	MS      float64 `json:"ms"`      // median milliseconds

	job   string
	round int
	side  *side
}

const matmul = "matmul" // the product of two matrices of 1024 x 1024

var (
	trainings = []string{"reuters", "titanic", "mnist", "wide"}
	more      = []string{"batchnorm", "layernorm", "embedding", "housing", "deep", "autoencoder", "clipped"}
	usualJobs = append(slices.Clone(trainings), matmul)
	jobNames  = slices.Concat(usualJobs, more)
	peerNames = []string{"torch", "gomlx", "c"}
)

func (s *side) does(job string) bool { return slices.Contains(s.jobs, job) }

// run measures a job. The samples are a JSON array, or objects one after
// another.
func (s *side) run(job string) ([]sample, error) {
	c := s.command(job)
	c.Env = append(os.Environ(), s.env...)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	text, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(complaints.Bytes()))
	}
	return readSamples(text)
}

func readSamples(text []byte) ([]sample, error) {
	var out []sample
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		err := json.Unmarshal(text, &out)
		return out, err
	}
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var one sample
		switch err := d.Decode(&one); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		}
		out = append(out, one)
	}
}

// buildGlearn is cmd/bench, once for each way to do products.
func buildGlearn(dir string, blas []string) ([]*side, error) {
	program := filepath.Join(dir, "bench")
	if err := build(exec.Command("go", "build", "-o", program, "./cmd/bench"), "CGO_ENABLED=0"); err != nil {
		return nil, err
	}
	var out []*side
	for _, b := range blas {
		out = append(out, &side{
			name: "glearn " + b, ours: true, jobs: jobNames, env: []string{"GLEARN_BLAS=" + b},
			command: func(job string) *exec.Cmd {
				only := "^(train|more)/" + job + "$"
				if job == matmul {
					only = "^MatMul/1024x1024x1024/NN$"
				}
				return exec.Command(program, "-backend", "cpu", "-suite", "ops,train,more", "-run", only, "-benchtime", "1s", "-format", "json")
			},
		})
	}
	return out, nil
}

// openPeers is the peers that are installed.
func openPeers(dir string, o options, log io.Writer) []*side {
	var out []*side
	open := map[string]func(string, options) ([]*side, error){"torch": openTorch, "gomlx": openGoMLX, "c": openC}
	for _, name := range o.peers {
		sides, err := open[name](dir, o)
		if err != nil {
			fmt.Fprintf(log, "*** %s is left out: %v\n", name, err)
		}
		out = append(out, sides...)
	}
	return out
}

// openTorch is PyTorch with the threads in its own loops or in its products:
// both at once are more than there are cores.
func openTorch(_ string, o options) ([]*side, error) {
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "/usr/bin/python3" // the one that the system's packages belong to
	}
	if err := build(exec.Command(python, "-c", "import torch")); err != nil {
		return nil, fmt.Errorf("no PyTorch (make peers INSTALL=1 installs it, PYTHON names another python3): %w", err)
	}
	var out []*side
	cores := strconv.Itoa(runtime.NumCPU())
	for _, threads := range [][2]string{{"1", cores}, {cores, "1"}} {
		out = append(out, &side{
			name: "PyTorch", jobs: slices.Concat(trainings, more), env: []string{"TORCH_THREADS=" + threads[0], "OPENBLAS_NUM_THREADS=" + threads[1]},
			command: func(job string) *exec.Cmd {
				return exec.Command(python, "peers/torch/train.py", "-epochs", strconv.Itoa(o.epochs), job)
			},
		})
	}
	return out, nil
}

// openGoMLX is GoMLX with the vector instructions that Go has as an experiment.
func openGoMLX(dir string, o options) ([]*side, error) {
	program := filepath.Join(dir, "gomlx")
	if err := build(exec.Command("go", "build", "-C", "peers/gomlx", "-o", program, "."), "GOEXPERIMENT=simd"); err != nil {
		return nil, err
	}
	return []*side{{name: "GoMLX", jobs: []string{"mnist", "reuters"}, command: func(job string) *exec.Cmd {
		return exec.Command(program, "-epochs", strconv.Itoa(o.epochs), job)
	}}}, nil
}

// openC is OpenBLAS called from C, with a thread for each core.
func openC(dir string, _ options) ([]*side, error) {
	program := filepath.Join(dir, "sgemm")
	if err := build(exec.Command("cc", "-O2", "-o", program, "peers/openblas/sgemm.c", "-lopenblas")); err != nil {
		return nil, fmt.Errorf("no C compiler or no OpenBLAS to build with (make peers INSTALL=1 installs them): %w", err)
	}
	return []*side{{name: "OpenBLAS from C", jobs: []string{matmul}, command: func(string) *exec.Cmd {
		return exec.Command(program, "1024", "1024", "1024", strconv.Itoa(runtime.NumCPU()))
	}}}, nil
}

// build runs a command that prints nothing of interest unless it fails.
func build(c *exec.Cmd, env ...string) error {
	c.Env = append(os.Environ(), env...)
	if text, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", c, err, bytes.TrimSpace(text))
	}
	return nil
}
