# SPDX-License-Identifier: MIT
"""Sources whose other end is sick or hostile, over the whole daemon, beside some that are well."""

import sys
import time
import unittest
from pathlib import Path

import bad_ends
from case import BoxCase
from installed import simple_unit

PORT = 9700
PORTS = {end.__name__: PORT + number for number, end in enumerate(bad_ends.ENDS)}
# What each of them comes to. The one whose series are others on every page has answers that are
# taken between those that are not.
FAILURES = {"slow": "timeout", "silent": "timeout", "flood": "too_large", "long_line": "too_large",
            "churn": "too_many_series", "half": "closed", "half_unsaid": "parse",
            "circle": "http_status", "headers": "too_large", "garbage": "protocol",
            "garbage_page": "parse", "closed": "closed"}
SOURCE = """\
[source.{name}]
kind       = "prometheus"
url        = "http://127.1.0.{host}:{port}/metrics"
interval   = "{interval}"
timeout    = "{timeout}"
max_series = 1000

[target.of_{name}]
warm_up = "0s"
indicator.i = {{ source = "{name}", series = '{{__name__=~"queue|churn"}}', reduce = "max", \
error = {{ above = 100 }} }}

"""
# Within 2 s there are at most 11 answers, each of which has grown by 10.
COUNTER = """\
[source.counter]
kind     = "prometheus"
url      = "http://127.1.0.1:{port}/metrics"
interval = "200ms"
timeout  = "200ms"

[target.of_counter]
warm_up = "0s"
indicator.growth = {{ source = "counter", value = {{ increase = 'answers_total', over = "2s" }}, \
error = {{ above = 120 }}, trip = "1 of 1" }}
indicator.level  = {{ source = "counter", value = {{ rate = 'answers_total', over = "2s" }}, \
error = {{ below = 0 }}, trip = "1 of 1" }}
"""
GOOD = 20
MOST_LATE = 0.5  # seconds: what a bad end takes is longer; the figure itself is printed
MOST_RESIDENT = 120  # MB: two pages of up to 16 MiB under way, in buffers that double


def all_rules():
    """Every bad end at 1 s, and good ones at 500 ms."""
    bad = [SOURCE.format(name=name, host=1, port=PORTS[name], interval="1s",
                         timeout="800ms") for name in FAILURES]
    good = [SOURCE.format(name=f"good{number}", host=number + 2, port=PORTS["good"],
                          interval="500ms", timeout="400ms") for number in range(GOOD)]
    return {"bad": "".join(bad), "good": "".join(good)}


class SourcesTest(BoxCase):
    """Twelve bad ends and twenty good ones."""

    def setUp(self):
        super().setUp()
        self.box.write("/usr/local/bin/bad_ends",
                       Path(bad_ends.__file__).read_text(encoding="utf-8"), 0o755)
        self._units.append("bad-ends.service")
        simple_unit(self.box, "bad-ends",
                    f"ExecStart=/usr/bin/python3 /usr/local/bin/bad_ends {PORT}\nNice=5")
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "bad-ends.service"])
        self.until(lambda: self.box.run(
            ["curl", "-sS", "--max-time", "2", f"http://127.1.0.2:{PORTS['good']}/"],
            check=False).returncode == 0, 10, "the other ends to listen")

    def begin(self, rules, **settings):
        super().begin(rules, **settings)
        self.until(self.sources, 10, "the rules to be in force")

    def sources(self):
        """{name: source}"""
        return {source["name"]: source for source in self.primum.json("sources")["sources"]}

    def resident(self):
        """Resident memory of primumd in MB: now, and the most there ever was."""
        pid = self.box.main_pid("primumd.service")
        found = {}
        for line in self.box.path(f"/proc/{pid}/status").read_text().splitlines():
            word, _, rest = line.partition(":")
            if word in ("VmRSS", "VmHWM"):
                found[word] = int(rest.split()[0]) / 1024
        return found["VmRSS"], found["VmHWM"]

    def test_hostile_other_ends_are_failures_of_their_source_and_delay_no_other(self):
        self.begin(all_rules())
        self.until(lambda: all(self.sources()[name]["figures"]["failures"] > 0
                               for name in FAILURES), 40, "every bad end to have failed")
        before, _ = self.resident()
        begun = time.monotonic()
        self.until(lambda: time.monotonic() - begun > 20, 30, "20 s of it")
        found = self.sources()
        seen = {name: found[name]["figures"]["failure"] for name in FAILURES}
        after, most = self.resident()
        late = max(found[f"good{number}"]["figures"]["latest_us"] for number in range(GOOD)) / 1e6
        print(f"\n   latest start of a good source {late * 1e3:.1f} ms; RSS {before:.1f} MB, 20 s "
              f"later {after:.1f} MB, at most {most:.1f} MB", file=sys.stderr)
        self.assertEqual(seen, FAILURES)
        for name in FAILURES:
            self.assertTrue(found[name]["figures"]["failure_detail"], name)
            self.assertTrue(found[name]["incident"], f"{name} has no incident of its own")
            self.assertEqual(self.incidents(f"of_{name}"), [], "never an illness of the target")
        for number in range(GOOD):
            source = found[f"good{number}"]
            self.assertTrue(source["ok"], source)
            self.assertEqual(source["figures"]["failures"], 0)
            self.assertGreater(source["figures"]["collections"], 40)
        self.assertLessEqual(late, MOST_LATE)
        self.assertLess(most, MOST_RESIDENT)
        self.assertLessEqual(found["churn"]["figures"]["series"], 1000)
        self.assertEqual(self.actions("of_silent"), [])

    def test_a_failure_is_shown_with_its_reason_and_what_to_do(self):
        self.begin(all_rules())
        self.until(lambda: self.sources()["half"]["incident"], 20, "the source's own incident")
        listed = self.primum.ctl("sources").stdout
        self.assertRegex(listed, r"(?m)^half +prometheus +failed: closed ")
        self.assertRegex(listed, r"(?m)^good0 +prometheus +ok ")
        shown = self.primum.ctl("sources", "show", "half").stdout
        for part in ("failed: closed", f":{PORTS['half']}/metrics", "failing since", "of_half",
                     "What to do: look at the log of the other end"):
            self.assertIn(part, shown)
        self.assertEqual(self.primum.ctl("sources", "show", "haf", check=False).returncode, 64)
        metrics = self.primum.metrics()
        labels = 'error_class="closed",source="half"'
        self.assertGreater(metrics[f"primum_source_failures_total{{{labels}}}"], 0)
        self.assertEqual(metrics['primum_source_up{source="half"}'], 0)
        self.assertEqual(metrics['primum_source_up{source="good1"}'], 1)
        self.assertGreater(metrics['primum_source_bytes_total{source="good1"}'], 0)

    def test_a_restart_of_primumd_makes_no_ill_source_well(self):
        self.begin(all_rules())
        self.until(lambda: self.sources()["closed"]["incident"], 20, "the source's own incident")
        before = self.sources()["closed"]["incident"]
        self.box.run(["systemctl", "restart", "primumd.service"])
        self.primum.wait_ready()
        self.until(lambda: self.sources()["closed"]["error_class"] == "closed", 10,
                   "the source to fail again")
        self.assertEqual(self.sources()["closed"]["incident"], before)
        self.assertEqual([row["open"] for row in self.incidents("source:closed")], [True])

    def test_a_counter_that_goes_backwards_is_no_increase(self):
        """An exporter that begins again at 0 every few answers: 10 an answer, and never more."""
        self.begin({"counter": COUNTER.format(port=PORTS["counter"])})
        self.until(lambda: self.sources()["counter"]["figures"]["collections"] >= 60, 30,
                   "60 pages")
        self.assertEqual(self.incidents("of_counter"), [])
        evidence = {entry["indicator"]: entry for entry in
                    self.primum.json("explain", "of_counter")["explanation"]["evidence"]}
        self.assertEqual(evidence["growth"]["severity"], "ok")
        self.assertEqual(evidence["level"]["severity"], "ok")

    def test_series_that_come_and_go_do_not_use_up_the_bound(self):
        """600 series on a page, all of them others each time, and room for 3,200."""
        text = SOURCE.format(name="churn", host=1, port=PORTS["churn"], interval="200ms",
                             timeout="200ms")
        self.begin({"churn": text.replace("max_series = 1000", "max_series = 3200")})
        self.until(lambda: self.sources()["churn"]["figures"]["collections"] >= 40, 30, "40 pages")
        figures = self.sources()["churn"]["figures"]
        self.assertEqual(figures["failures"], 0)
        self.assertLessEqual(figures["series"], 3200)
        self.assertGreaterEqual(figures["samples"], 40 * bad_ends.CHURN)


if __name__ == "__main__":
    unittest.main()
