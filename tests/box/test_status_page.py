# SPDX-License-Identifier: MIT
"""The status page, in a real browser."""

import time
import unittest
from pathlib import Path

from case import restart_rule
from page_case import PAGE, PageCase

DEMO = Path(__file__).resolve().parents[2] / "packaging" / "demo"
DEMO_RULES = (DEMO / "demo.toml").read_text(encoding="utf-8")
LEVEL = """
const row = [...document.querySelectorAll("section.ill tbody tr")].find(
    (each) => each.querySelector("th a").textContent === arguments[0]);
return row ? row.querySelector(".level").textContent : "";
"""
PHONE = 390  # CSS pixels
OVERVIEW = "/?minutes=15"
# What has the focus, where it stands in the page, and whether a person sees that.
FOCUS = """
const at = document.activeElement;
if (!at || at === document.body) {
    return null;
}
const style = getComputedStyle(at);
return {place: [...document.querySelectorAll("*")].indexOf(at),
        what: (at.getAttribute("aria-label") || at.textContent).trim().slice(0, 60),
        shows: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2};
"""
FOCUSABLE = """
return [...document.querySelectorAll("a[href], button, summary, [tabindex='0']")].filter(
    (each) => each.checkVisibility()).length;
"""


class StatusPageTest(PageCase):
    """Pages as people see them."""

    def start_demo(self):
        """The demo service, with a metric that can be made ill, and its visitors."""
        self.box.write("/usr/local/bin/primum-demo",
                       (DEMO / "primum-demo").read_text(encoding="utf-8"), 0o755)
        for name in ("demo.service", "demo-visitors.service"):
            self.box.write(f"/etc/systemd/system/{name}",
                           (DEMO / name).read_text(encoding="utf-8"))
            self._units.append(name)
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "demo.service", "demo-visitors.service"])

    def ready(self, rules):
        """primumd runs with these rules, and the browser too."""
        self.begin(rules)
        self.browser.open(OVERVIEW)

    def until_in_page(self, script, *arguments, timeout=30):
        """Waits until a script in the page gives something true; it is not loaded again."""
        return self.until(lambda: self.browser.run(script, *arguments), timeout,
                          lambda: f"in the page: {script}\n{self.browser.source()[-8000:]}")

    def assert_no_faults(self, what):
        """Labels, headings, contrast, and nothing that the policy forbids."""
        found = self.browser.faults()
        self.assertGreater(found["looked"], 10, what)
        self.assertEqual(found["faults"], [], what)
        self.assertEqual(self.browser.log(), [], what)

    def test_a_live_change_of_level_appears_by_itself(self):
        self.unit("web")
        self.unit("api")
        # A dry run does not heal: it stays ill for as long as the page takes to show it.
        self.ready({"web": restart_rule("web"), "api": restart_rule("api", mode="dry_run")})
        self.assertEqual(self.browser.run(LEVEL, "api"), "")
        loads = "return performance.getEntriesByType('navigation').length + ':' + " \
                "performance.timeOrigin"
        loaded = self.browser.run(loads)
        self.kill("api")
        self.until(lambda: self.target("api")["level"] != "steady", 10, "api to be ill")
        begun = time.monotonic()
        self.until_in_page(LEVEL, "api")
        print(f"       the level was in the page {time.monotonic() - begun:.2f} s after it was "
              "known", flush=True)
        self.kill("web")
        self.until_closed("web")
        self.until_in_page("return document.querySelector('.mark.acted') !== null && "
                           "document.querySelector('.mark.improved') !== null")
        self.until_in_page("return [...document.querySelectorAll('#timeline-table tbody tr')]"
                           ".some((row) => row.textContent.includes('acted'))")
        self.until_in_page("return document.querySelector('#well-table')?.textContent"
                           ".includes('web')")
        self.assertEqual(self.browser.run(loads), loaded, "the page was loaded again")
        self.assert_no_faults("after a change")

    def test_a_night_reads_well_in_both_schemes(self):
        self.start_demo()
        self.unit("web")
        self.unit("api")
        self.begin({"demo": DEMO_RULES, "web": restart_rule("web"),
                    "api": restart_rule("api", mode="dry_run")})
        self.until(lambda: self.target("demo")["severity"] == "ok", 30, "the demo to be known")
        self.kill("web")
        self.until_closed("web")
        self.kill("api")
        self.until(lambda: self.target("api")["level"] != "steady", 10, "api to be ill")
        self.primum.ctl("hold", "web", "--for", "2h", "--reason", "a new release goes out")
        self.box.run(["curl", "-sS", "-X", "POST", "http://127.0.0.1:9464/ill"])
        self.until(lambda: self.actions("demo"), 60, "primum to act on the demo")
        self.look_at("status", OVERVIEW)
        self.look_at("target", "/targets/demo?minutes=15")
        self.look_at("incidents", "/incidents")
        number = self.incidents("demo")[0]["id"]
        self.look_at("incident", f"/incidents/{number}")
        self.until_closed("demo", 90)
        self.box.write("/run/primum/disabled", "")
        self.until(lambda: self.primum.json("status")["host"]["disabled"], 10, "the off switch")
        self.look_at("off", OVERVIEW)

    def test_the_page_is_complete_without_scripts(self):
        self.unit("web")
        self.unit("api")
        self.begin({"web": restart_rule("web"), "api": restart_rule("api", mode="dry_run")})
        self.kill("web")
        self.until_closed("web")
        self.kill("api")
        self.until(lambda: self.target("api")["phase"] == "exhausted", 20, "api to be given up")
        self.browser.scripts(False)
        for path, wanted in (
                (OVERVIEW, ["Acting", "1 of 2 targets is ill.", "exhausted", "primumctl ack",
                            "primumctl disable", '<svg class="timeline"', "mark acted",
                            "mark improved", "What was decided", "/targets/web"]),
                ("/targets/api", ["What comes next", "primumctl hold api", "Guards", "Ladder",
                                  "failed", '<svg class="timeline"', "dry run"]),
                ("/incidents", ["#1", "#2", "web", "api", "closed"]),
                ("/incidents/1", ["restart", "improved", "What was decided"])):
            self.browser.open(path)
            page = self.browser.source()
            for text in wanted:
                self.assertIn(text, page, f"{path} without scripts")
            self.assertIn('id="theme" class="theme" hidden', page)
            self.assertEqual(self.browser.log(), [], path)
        self.browser.open(OVERVIEW)
        self.browser.picture("no-scripts")

    def test_the_values_of_an_indicator_are_drawn(self):
        self.start_demo()
        self.ready({"demo": DEMO_RULES})
        self.browser.open("/targets/demo")
        self.until_in_page("return document.querySelector('figure.chart .plot canvas') !== null",
                           timeout=60)
        self.assert_no_faults("with a chart")
        wide = self.browser.run("return document.querySelector('.plot canvas').width")
        self.assertGreater(wide, 300)
        self.browser.run("document.getElementById('theme').click()")
        self.assertEqual(self.browser.run("return document.documentElement.dataset.theme"), "dark")
        self.assert_no_faults("with a chart, dark by hand")
        self.browser.picture("chart-dark")
        self.browser.scripts(False)
        self.browser.open("/targets/demo")
        self.assertIn('<svg class="line" role="img" aria-label="errors: least',
                      self.browser.source())

    def test_keys_reach_everything_in_order_and_it_shows(self):
        self.unit("web")
        self.ready({"web": restart_rule("web", mode="dry_run")})
        self.kill("web")
        self.until(lambda: self.target("web")["phase"] == "exhausted", 20, "web to be given up")
        self.browser.open(OVERVIEW)
        reached = []
        for _ in range(60):
            self.browser.tab()
            at = self.browser.run(FOCUS)
            if at is None or (reached and at["place"] <= reached[-1]["place"]):
                break
            self.assertTrue(at["shows"], f"the focus on {at['what']} does not show")
            reached.append(at)
        whats = " | ".join(each["what"] for each in reached)
        self.assertIn("To the content", reached[0]["what"])
        for wanted in ("Status", "Incidents", "web", "24 hours", "The same as a table", "Metrics"):
            self.assertIn(wanted, whats)
        missed = self.browser.run(FOCUSABLE)
        self.assertEqual(len(reached), missed, whats)

    def test_a_silent_primumd_is_told_of(self):
        self.ready({})
        self.primum.stop()
        self.until_in_page("return document.getElementById('lost').textContent"
                           ".includes('has not answered since')")
        self.primum.start()
        self.primum.wait_ready()
        self.until_in_page("return document.getElementById('lost').textContent === ''")

    def test_everything_comes_from_the_page_s_own_host(self):
        self.unit("web")
        self.ready({"web": restart_rule("web")})
        for path in ("/", "/targets/web", "/incidents"):
            self.browser.open(path)
            names = self.browser.run("return performance.getEntriesByType('resource')"
                                     ".map((entry) => entry.name)")
            self.assertTrue(names)
            self.assertEqual([name for name in names if not name.startswith(PAGE + "/")], [])

    def look_at(self, name, path):
        """A page in light and dark, with a picture of each."""
        for scheme in ("light", "dark"):
            self.browser.scheme(scheme)
            self.browser.open(path)
            self.assert_no_faults(f"{name}, {scheme}")
            self.browser.run("document.querySelectorAll('details').forEach((d) => d.open = true)")
            self.assert_no_faults(f"{name}, {scheme}, unfolded")
            self.browser.open(path)
            self.browser.picture(f"{name}-{scheme}")
        self.assertLessEqual(self.browser.needs_width(PHONE), PHONE, f"{name} on a phone")
        self.browser.picture(f"{name}-phone", width=PHONE)


if __name__ == "__main__":
    unittest.main()
