"use strict";

// Colours for numbers. The diverging map goes from orange to blue, which are distinguishable with any kind
// of colour blindness. Colours are mixed in OKLab, so that steps look equal.

const ramps = {
    light: {
        diverging: ["#9a4a00", "#e08a2e", "#f6d3a6", "#ffffff", "#b9d6f5", "#4f93d8", "#0b4a94"],
        sequential: ["#ffffff", "#bfe6dc", "#57b8a6", "#1d7f73", "#0a4a44"],
        divergingTint: ["#f2a65a", "#ffffff", "#86b8f2"],
        sequentialTint: ["#ffffff", "#6fcbb9"],
        surprisalTint: ["#ffffff", "#e9c6ef", "#cf8fdc"],
    },
    dark: {
        diverging: ["#ffcf94", "#e08a2e", "#7a4308", "#1b1d22", "#134a86", "#4f93d8", "#b5d8ff"],
        sequential: ["#1b1d22", "#10554e", "#249183", "#62cdbb", "#c9f3ea"],
        divergingTint: ["#91500c", "#1b1d22", "#245fa8"],
        sequentialTint: ["#1b1d22", "#14716a"],
        surprisalTint: ["#1b1d22", "#59306a", "#8a45a3"],
    },
};

/// For units selected together: the palette of Okabe and Ito, without the colours of the maps.
const unitColors = {
    light: ["#b0417f", "#00795a", "#7a5195", "#8a6d00", "#3f6fb5", "#a8430d"],
    dark: ["#f08cc4", "#3fd0a4", "#c3a1e8", "#e6cf4a", "#7fb2ff", "#ff9a66"],
};

function linear(channel) {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function gamma(value) {
    const c = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(255 * clamp(c, 0, 1));
}

// Björn Ottosson, "A perceptual color space for image processing" (2020).
function toOKLab(hex) {
    const [r, g, b] = [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16)));
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return [
        0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
}

function fromOKLab([L, a, b]) {
    const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
    return [
        gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
        gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
        gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
    ];
}

/// A ramp of colours from 0 to 1.
class Ramp {
    static steps = 255;

    constructor(stops) {
        const points = stops.map(toOKLab);
        this.colors = [];
        this.pixels = new Uint32Array(Ramp.steps);
        for (let step = 0; step < Ramp.steps; step++) {
            const at = (step / (Ramp.steps - 1)) * (points.length - 1);
            const low = Math.min(Math.floor(at), points.length - 2);
            const mixed = points[low].map(
                (value, i) => value + (at - low) * (points[low + 1][i] - value));
            const [r, g, b] = fromOKLab(mixed);
            this.colors.push(`rgb(${r},${g},${b})`);
            this.pixels[step] = (255 << 24) | (b << 16) | (g << 8) | r;
        }
    }

    step(part) {
        return clamp(Math.round(part * (Ramp.steps - 1)), 0, Ramp.steps - 1);
    }

    color(part) {
        return Number.isNaN(part) ? "transparent" : this.colors[this.step(part)];
    }

    get gradient() {
        const stops = [];
        for (let i = 0; i <= 16; i++) stops.push(this.color(i / 16));
        return `linear-gradient(to right, ${stops.join(", ")})`;
    }
}

class Palette {
    static #made = {};

    static of(theme) {
        Palette.#made[theme] ??= new Palette(theme);
        return Palette.#made[theme];
    }

    constructor(theme) {
        for (const [name, stops] of Object.entries(ramps[theme])) this[name] = new Ramp(stops);
        this.units = unitColors[theme];
    }
}
