"""
The peer in the benchmark: Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style" (2015,
https://arxiv.org/abs/1508.06576), written from the paper with PyTorch's autograd and optimizers.

    gatys.py FOLDER GRADIENT adam|lbfgs THREADS

FOLDER is what handover.ts wrote. Says a line of JSON when it is ready, with the losses at the photo, and writes their
gradient to the file GRADIENT. Then answers each line on standard input by an iteration and a line of JSON about it.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy
import torch
from torch.nn import functional

folder, gradient_file, method, threads = Path(sys.argv[1]), *sys.argv[2:]
torch.set_num_threads(int(threads))
recipe = json.loads((folder / "recipe.json").read_text())


def floats(file, shape):
    return torch.from_numpy(numpy.fromfile(folder / file, dtype=numpy.float32)).reshape(shape)


def picture(file):
    return floats(file, (1, 3, recipe["height"], recipe["width"]))


def convolution(layer):
    # The order of numbers that PyTorch recommends for convolutions on CPUs; results follow the kernel.
    kernel = floats(layer["kernel"], layer["shape"]).contiguous(memory_format=torch.channels_last)
    bias = floats(layer["bias"], layer["shape"][:1])
    return lambda x: functional.conv2d(x, kernel, bias, padding=kernel.shape[-1] // 2)


BUILD = {
    "convolution": convolution,
    "relu": lambda layer: functional.relu,
    # Section "Methods": means in place of maxima.
    "pool": lambda layer: lambda x: functional.avg_pool2d(x, 2),
}
layers = [(layer["name"], BUILD[layer["type"]](layer)) for layer in recipe["layers"]]


def activations(x):
    result = {}
    for name, layer in layers:
        x = layer(x)
        result[name] = x
    return result


def gram(activation):
    """Equation 3, divided by the number of positions."""
    _, channels, height, width = activation.shape
    rows = activation.reshape(channels, height * width)
    return rows @ rows.T / (height * width)


def style_weights(target):
    """As in src/style/losses.ts."""
    squares = target.diagonal()
    roots = (squares + 0.01 * squares.mean()) ** 0.25
    weights = roots[:, None] * roots[None, :]
    return weights / ((weights * target.abs()).sum() + 1e-12)


def adain(activation, example):
    """Huang and Belongie 2017, equation 8, with the limits of src/style/adain.ts."""
    means = [x.mean((2, 3), keepdim=True) for x in (activation, example)]
    deviations = [x.std((2, 3), keepdim=True, correction=0) for x in (activation, example)]
    ratio = (deviations[1] / deviations[0]).clamp(min=1 / 8)
    contrast = torch.where(deviations[0] > 0, ratio, torch.zeros_like(ratio))
    return (means[1] + contrast * (activation - means[0])).clamp(min=0)


def total_variation(x):
    down, right = x[:, :, 1:] - x[:, :, :-1], x[:, :, :, 1:] - x[:, :, :, :-1]
    return (down.square().sum() + right.square().sum()) / x.numel()


with torch.no_grad():
    painting = activations(picture("style.f32"))
    photo = activations(picture("content.f32"))
    grams = {name: gram(painting[name]) for name in recipe["styleLayers"]}
    weights = {name: style_weights(grams[name]) for name in recipe["styleLayers"]}
    contents = {name: adain(photo[name], painting[name]) for name in recipe["contentLayers"]}
    roughness = max(total_variation(picture("style.f32")).item(), 0.002)
    del painting, photo


def losses(x):
    """The parts of equation 7, and a total variation, each relative to its target."""
    at = activations(x)
    # Equations 4 and 5, with amounts in place of squares.
    style = sum(
        weight * (weights[name] * (gram(at[name]) - grams[name]).abs()).sum()
        for name, weight in recipe["styleLayers"].items()
    )
    # Equation 1.
    content = sum(
        weight * (at[name] - contents[name]).square().sum() / (contents[name].square().sum() + 1e-12)
        for name, weight in recipe["contentLayers"].items()
    )
    variation = recipe["variation"] * total_variation(x) / roughness
    return style, content, variation


canvas = picture("content.f32").requires_grad_()
if method == "adam":
    # As in src/style/adam.ts.
    optimizer = torch.optim.Adam([canvas], lr=0.015, betas=(0.9, 0.99), eps=1e-8)
else:
    # One iteration a step. What it knows of the curvature lasts from step to step, and nothing ends it early.
    optimizer = torch.optim.LBFGS([canvas], max_iter=1, tolerance_grad=0, tolerance_change=0)


def evaluate():
    """The losses; their gradient is left in canvas.grad."""
    global latest
    optimizer.zero_grad()
    latest = losses(canvas)
    total = sum(latest)
    total.backward()
    return total


def answer(**facts):
    amounts = dict(zip(("style", "content", "variation"), (loss.item() for loss in latest)))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({**amounts, "megabytes": megabytes, **facts}), flush=True)


evaluate()
canvas.grad.numpy().tofile(gradient_file)
answer()
for _ in sys.stdin:
    start = time.perf_counter()
    optimizer.step(evaluate)
    if method == "adam":
        with torch.no_grad():
            canvas.clamp_(0, 1)
    answer(milliseconds=1e3 * (time.perf_counter() - start))
