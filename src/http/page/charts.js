// SPDX-License-Identifier: MIT
// Puts dygraphs' charts in the place of the server's lines, and keeps them up to date.
"use strict";

(() => {
    const FETCH_MS = 5000;
    const charts = new Map(); // by the figure's id

    function colour(name) {
        return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    }

    function colours() {
        return { colors: [colour("--accent")], axisLineColor: colour("--edge"),
                 gridLineColor: colour("--line") };
    }

    function clock(ms) {
        return new Date(ms).toISOString().slice(11, 19);
    }

    function shown(value) {
        return value === null ? "unknown" : Number(value.toPrecision(4)).toString();
    }

    function rows(chart) {
        return chart.points.map(([ms, value]) => [new Date(ms), value]);
    }

    function draw(figure, chart) {
        const line = figure.querySelector("svg.line");
        const plot = document.createElement("div");
        plot.className = "plot";
        plot.setAttribute("role", "img");
        plot.setAttribute("aria-label", line.getAttribute("aria-label"));
        line.replaceWith(plot);
        figure.dataset.drawn = "yes";
        const readout = figure.querySelector(".readout");
        const said = readout.textContent;
        charts.set(figure.id, new Dygraph(plot, rows(chart), {
            labels: ["time", chart.indicator],
            labelsUTC: true,
            strokeWidth: 2,
            includeZero: true,
            axisLabelFontSize: 12,
            ...colours(),
            highlightCallback: (_event, x, points) => {
                readout.textContent = `${clock(x)}: ${shown(points[0]?.yval ?? null)}`;
            },
            unhighlightCallback: () => {
                readout.textContent = said;
            },
        }));
    }

    async function renew() {
        const figures = [...document.querySelectorAll("figure.chart[data-series]")];
        if (figures.length === 0 || document.hidden) {
            return;
        }
        const answer = await fetch(figures[0].dataset.series, { cache: "no-store" });
        const found = new Map((await answer.json()).charts.map((c) => [c.indicator, c]));
        for (const figure of figures) {
            const chart = found.get(figure.dataset.indicator);
            if (!chart || chart.points.length === 0) {
                continue;
            }
            if (figure.dataset.drawn) {
                charts.get(figure.id)?.updateOptions({ file: rows(chart) });
            } else {
                draw(figure, chart);
            }
        }
    }

    function quietly() {
        renew().catch(() => {
            // the page says by itself when nobody answers
        });
    }

    document.addEventListener("DOMContentLoaded", () => {
        if (typeof Dygraph === "undefined") {
            return; // the server's lines stay
        }
        // The legend styles itself inline, which the page forbids; the caption has the value.
        Dygraph.PLUGINS = [Dygraph.Plugins.Axes, Dygraph.Plugins.Grid];
        quietly();
        setInterval(quietly, FETCH_MS);
        document.addEventListener("primum:renewed", quietly);
        document.addEventListener("primum:theme", () => {
            charts.forEach((chart) => chart.updateOptions(colours()));
        });
    });
})();
