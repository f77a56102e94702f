// SPDX-License-Identifier: MIT
// What a page has to be like for everybody: findFaults() gives a line for each breach.
"use strict";

function visible(element) {
    return element.getClientRects().length > 0
        && getComputedStyle(element).visibility === "visible";
}

function told(element) {
    return `<${element.tagName.toLowerCase()}${element.id ? "#" + element.id : ""}> `
        + `"${element.textContent.trim().slice(0, 40)}"`;
}

// The accessible name, as far as the page uses what makes one.
function nameOf(element) {
    const by = element.getAttribute("aria-labelledby");
    if (by) {
        return by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    }
    return element.getAttribute("aria-label") ?? element.textContent;
}

function structureFaults() {
    const faults = [];
    const all = (selector) => [...document.querySelectorAll(selector)];
    const need = (holds, what) => holds || faults.push(what);
    need(document.documentElement.lang, "the page says no language");
    need(document.title.trim(), "the page has no title");
    need(all("main").length === 1, "not one <main>");
    need(all("h1").length === 1, "not one <h1>");
    let last = 0;
    for (const heading of all("h1, h2, h3, h4")) {
        const rank = Number(heading.tagName[1]);
        need(rank <= last + 1, `${told(heading)} skips a rank`);
        need(heading.textContent.trim(), "an empty heading");
        last = rank;
    }
    const ids = new Set();
    for (const element of all("[id]")) {
        need(!ids.has(element.id), `two elements have the id ${element.id}`);
        ids.add(element.id);
    }
    for (const element of all("[aria-labelledby]")) {
        for (const id of element.getAttribute("aria-labelledby").split(/\s+/)) {
            need(ids.has(id), `${told(element)} is labelled by ${id}, which is not there`);
        }
    }
    for (const element of all("a, button, nav, [role=img], [role=region], summary, section")) {
        need(nameOf(element).trim(), `${told(element)} has no name`);
    }
    for (const svg of all("svg")) {
        need(svg.getAttribute("role") === "img" || svg.getAttribute("aria-hidden") === "true",
             "an <svg> is neither an image with a name nor hidden");
    }
    for (const table of all("table")) {
        need(table.querySelector("caption")?.textContent.trim(), "a table has no caption");
        for (const cell of table.querySelectorAll("th")) {
            need(cell.getAttribute("scope"), `${told(cell)} has no scope`);
        }
        for (const row of table.querySelectorAll("tbody tr")) {
            need(row.querySelector("th[scope=row]"), `a row without a heading: ${told(row)}`);
        }
    }
    for (const element of all("[tabindex]")) {
        need(Number(element.getAttribute("tabindex")) <= 0, `${told(element)} has a tabindex > 0`);
    }
    // dygraphs sets styles by script, which the policy allows; markup may not have any.
    for (const element of all("[style], style, [onclick], [onload], script:not([src])")) {
        need(element.closest(".plot"), `${told(element)} is inline`);
    }
    for (const element of all("input, select, textarea, form")) {
        need(!visible(element), `${told(element)}: the page only shows`);
    }
    return faults;
}

// CSS colours as [red, green, blue, alpha].
function colourOf(text) {
    const numbers = text.match(/[\d.]+/g).map(Number);
    return [numbers[0], numbers[1], numbers[2], numbers[3] ?? 1];
}

function over(top, beneath) {
    return [0, 1, 2].map((i) => top[i] * top[3] + beneath[i] * (1 - top[3])).concat(1);
}

// WCAG 2.1, relative luminance and contrast ratio.
function luminance(colour) {
    const [red, green, blue] = colour.map((c) => {
        const part = c / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a, b) {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
}

function groundOf(element) {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
        const bar = at.tagName === "g" ? at.querySelector(":scope > rect") : null;
        layers.push(colourOf(bar ? getComputedStyle(bar).fill
                                 : getComputedStyle(at).backgroundColor));
    }
    return layers.reduceRight((beneath, layer) => over(layer, beneath), [255, 255, 255, 1]);
}

function contrastFaults() {
    const faults = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const seen = new Set();
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || seen.has(element) || !visible(element)
            || element.closest("title, desc, .skip")) {
            continue;
        }
        seen.add(element);
        const style = getComputedStyle(element);
        const inSvg = element.namespaceURI.endsWith("svg");
        const ground = groundOf(element);
        const ratio = contrast(over(colourOf(inSvg ? style.fill : style.color), ground), ground);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (large ? 3 : 4.5)) {
            faults.push(`contrast ${ratio.toFixed(2)} of ${told(element)}`);
        }
    }
    return { faults, looked: seen.size };
}

function findFaults() {
    const { faults, looked } = contrastFaults();
    return { faults: [...structureFaults(), ...faults, ...(window.violations ?? [])], looked };
}
