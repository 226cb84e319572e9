#!/usr/bin/env python3
"""The training jobs of `cmd/bench -suite train`, and dense products, on PyTorch
on a GPU: data on the device, float32 with TF32 off.

    python3 peers/torch/train_gpu.py [-epochs N] [-device cuda] [JOB ...]

For each job, prints one JSON line for plain PyTorch ("eager") and one for a step
that is recorded once and replayed ("CUDA graph"): the median and the least
milliseconds of an epoch after two that warm up, its order shuffled on the
device. The job "matmul" is products of 1024 and 4096 square.
"""
import argparse
import json
import statistics
import time

import torch

from train import JOBS, WARM_UP


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def on(device, x, y, net, step, batch, loss_of):
    """The job with its data and weights on the device. The optimizer keeps the
    parameters, whose storage moves."""
    for group in step.param_groups:
        if "capturable" in group:
            group["capturable"] = device == "cuda"
    return x.to(device), y.to(device), net.to(device), step, batch, loss_of


def train(x, y, net, step, loss_of):
    step.zero_grad(set_to_none=True)
    loss = loss_of(net(x), y)
    loss.backward()
    step.step()
    return loss


def eager(x, y, net, step, batch, loss_of):
    """An epoch, step by step."""
    def epoch():
        order = torch.randperm(len(x), device=x.device)
        for i in range(0, len(x), batch):
            at = order[i:i + batch]
            loss = train(x[at], y[at], net, step, loss_of)
        return loss.item()
    return epoch


def graphed(x, y, net, step, batch, loss_of):
    """An epoch whose full batches replay one recorded step; the rest runs
    eagerly, on the same weights."""
    bx, by = x[:batch].clone(), y[:batch].clone()
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # PyTorch wants a few steps before a recording
        for _ in range(3):
            train(bx, by, net, step, loss_of)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    step.zero_grad(set_to_none=True)
    with torch.cuda.graph(graph):
        recorded = loss_of(net(bx), by)
        recorded.backward()
        step.step()

    def epoch():
        order = torch.randperm(len(x), device=x.device)
        for i in range(0, len(x) - batch + 1, batch):
            torch.index_select(x, 0, order[i:i + batch], out=bx)
            torch.index_select(y, 0, order[i:i + batch], out=by)
            graph.replay()
        loss = recorded
        if rest := len(x) % batch:
            at = order[-rest:]
            # The gradients that the recording writes stay where they are.
            kept = [p.grad for p in net.parameters()]
            loss = train(x[at], y[at], net, step, loss_of)
            for p, g in zip(net.parameters(), kept):
                p.grad = g
        return loss.item()
    return epoch


def report(name, setting, rows, took):
    print(json.dumps({
        "peer": "PyTorch " + torch.__version__, "setting": setting, "name": name, "rows": rows,
        "ms": round(statistics.median(took), 4), "min_ms": round(min(took), 4), "n": len(took),
    }), flush=True)


def measure(name, device, epochs):
    modes = {"eager": eager}
    if device == "cuda":
        modes["CUDA graph"] = graphed
    for setting, mode in modes.items():
        torch.manual_seed(1)
        job = on(device, *JOBS[name]())
        epoch, took = mode(*job), []
        for _ in range(WARM_UP + epochs):
            wait(device)
            start = time.perf_counter()
            epoch()
            wait(device)
            took.append((time.perf_counter() - start) * 1e3)
        report("train/" + name, setting, len(job[0]), took[WARM_UP:])


def products(device, epochs):
    for n in (1024, 4096) if device == "cuda" else (256,):
        a, b = torch.rand(n, n, device=device), torch.rand(n, n, device=device)
        took = []
        for _ in range(WARM_UP + epochs):
            wait(device)
            start = time.perf_counter()
            for _ in range(10):
                torch.mm(a, b)
            wait(device)
            took.append((time.perf_counter() - start) * 100)
        report(f"MatMul/{n}x{n}x{n}/NN", "eager", 0, took[WARM_UP:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-epochs", type=int, default=7, help="epochs to time")
    parser.add_argument("-device", default="cuda", help="cuda, or cpu to try this program")
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="some of matmul, " + ", ".join(JOBS))
    args = parser.parse_args()
    if args.device == "cuda" and not torch.cuda.is_available():
        parser.exit(1, "PyTorch sees no GPU\n")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    for name in args.jobs or ["matmul", *JOBS]:
        if name == "matmul":
            products(args.device, args.epochs)
        elif name in JOBS:
            measure(name, args.device, args.epochs)
        else:
            parser.error(f"no job {name!r}, want some of matmul, {', '.join(JOBS)}")


if __name__ == "__main__":
    main()
