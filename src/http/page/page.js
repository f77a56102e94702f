// SPDX-License-Identifier: MIT
// Keeps a page of primum up to date, and lets a person choose light or dark. The page is whole
// without it: everything in it is made by the server, and this only fetches it again.
"use strict";

(() => {
    const ASK_MS = 1000; // is there anything new
    const FETCH_MS = 15000; // times, and what changes without a word
    const LOST_AFTER = 3; // questions without an answer
    const THEME = "primum-theme";

    const root = document.documentElement;
    let dark = null; // a person's choice

    function remembered() {
        try {
            return localStorage.getItem(THEME);
        } catch {
            return null; // storage is a convenience
        }
    }

    function remember(theme) {
        try {
            localStorage.setItem(THEME, theme);
        } catch {
            // for this page only, then
        }
    }

    function isDark() {
        return dark ?? matchMedia("(prefers-color-scheme: dark)").matches;
    }

    function applyTheme() {
        if (dark !== null) {
            root.dataset.theme = dark ? "dark" : "light";
        }
        const button = document.getElementById("theme");
        if (button) {
            button.hidden = false;
            button.textContent = isDark() ? "Light" : "Dark";
            button.setAttribute("aria-label", isDark() ? "Show in light colours"
                                                       : "Show in dark colours");
        }
        document.dispatchEvent(new Event("primum:theme"));
    }

    const chosen = remembered();
    dark = chosen === null ? null : chosen === "dark";
    applyTheme();

    // What a person has opened or reached stays so when the page is put in anew.
    function stateOf(main) {
        const focused = document.activeElement;
        return {
            open: new Map([...main.querySelectorAll("details[id]")].map((d) => [d.id, d.open])),
            focus: main.contains(focused) ? pathOf(focused, main) : null,
            scroll: [...main.querySelectorAll(".scroll")].map((e) => e.scrollLeft),
        };
    }

    function pathOf(element, top) {
        const path = [];
        for (let at = element; at !== top; at = at.parentElement) {
            path.unshift([...at.parentElement.children].indexOf(at));
        }
        return path;
    }

    function restore(main, state) {
        for (const [id, open] of state.open) {
            const details = document.getElementById(id);
            if (details) {
                details.open = open;
            }
        }
        main.querySelectorAll(".scroll").forEach((e, i) => {
            e.scrollLeft = state.scroll[i] ?? 0;
        });
        let focus = state.focus ? main : null;
        for (const index of state.focus ?? []) {
            focus = focus?.children[index];
        }
        focus?.focus({ preventScroll: true });
    }

    function selecting(main) {
        const selection = getSelection();
        return selection && !selection.isCollapsed && main.contains(selection.anchorNode);
    }

    async function renew() {
        const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const main = document.getElementById("main");
        const next = fresh.getElementById("main");
        if (!next) {
            throw new Error("not a page of primum");
        }
        const state = stateOf(main);
        // Charts that are drawn stay: they fetch what they show themselves.
        for (const figure of main.querySelectorAll("figure[data-drawn]")) {
            next.querySelector(`#${CSS.escape(figure.id)}`)?.replaceWith(figure);
        }
        main.replaceWith(next);
        restore(next, state);
        document.title = fresh.title;
        document.getElementById("as-of").replaceWith(fresh.getElementById("as-of"));
        document.dispatchEvent(new Event("primum:renewed"));
    }

    let lost = 0;
    let lostSince = null;
    let fetched = performance.now();
    let busy = false;

    function sayLost() {
        const line = document.getElementById("lost");
        const text = lost < LOST_AFTER ? ""
            : `primumd has not answered since ${lostSince.toISOString().slice(11, 19)} UTC: `
              + "what is shown here is old.";
        if (line.textContent !== text) {
            line.textContent = text;
        }
    }

    async function look() {
        if (busy || document.hidden) {
            return;
        }
        busy = true;
        try {
            const answer = await fetch("/api/v1/changes", { cache: "no-store" });
            const news = await answer.json();
            const main = document.getElementById("main");
            const old = performance.now() - fetched > FETCH_MS;
            if ((news.change !== main.dataset.change || old) && !selecting(main)) {
                await renew();
                fetched = performance.now();
            }
            lost = 0;
        } catch {
            lostSince = lost === 0 ? new Date() : lostSince;
            lost += 1;
        }
        sayLost();
        busy = false;
    }

    document.addEventListener("DOMContentLoaded", () => {
        applyTheme();
        for (const drawing of document.querySelectorAll("svg.timeline")) {
            drawing.parentElement.scrollLeft = drawing.parentElement.scrollWidth; // now
        }
        document.getElementById("theme").addEventListener("click", () => {
            dark = !isDark();
            remember(dark ? "dark" : "light");
            applyTheme();
        });
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
        document.addEventListener("visibilitychange", look);
        setInterval(look, ASK_MS);
    });
})();
