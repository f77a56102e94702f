# SPDX-License-Identifier: MIT
"""The may-use law over src/ and include/."""

import re
import unittest

import layering
import tree


class LayeringTest(unittest.TestCase):
    """Who includes whom."""

    def breaches(self, check, paths):
        """`check` on every file, with the file's name."""
        return [f"{path}: {what}" for path in paths for what in check(path, tree.text(path))]

    def test_every_room_uses_only_what_it_may(self):
        found = self.breaches(
            lambda path, source: layering.breaches_of_room(layering.room_of(path), source),
            [path for path in tree.cpp(("src",)) if layering.room_of(path)])
        self.assertEqual(found, [])

    def test_what_libprimum_dev_has_needs_nothing_that_it_lacks(self):
        installed = set(re.findall(r"'(\w+/\w+\.hpp)'", tree.text("src/meson.build")))
        self.assertIn("rules/loader.hpp", installed)
        needed = {name for path in installed
                  for name in re.findall(r'#include "(.+)"', tree.text(f"src/{path}"))}
        self.assertEqual(needed - installed, set())

    def test_every_room_has_its_line_in_the_law(self):
        rooms = {layering.room_of(path) for path in tree.cpp(("src",))} - {None}
        self.assertEqual(rooms - layering.PROGRAMS - set(layering.MAY_USE), set())

    def test_the_contract_stands_alone(self):
        found = self.breaches(lambda _, source: layering.breaches_of_contract(source),
                              tree.cpp(("include",)))
        self.assertEqual(found, [])

    def test_the_core_touches_no_world(self):
        found = self.breaches(lambda _, source: layering.breaches_of_core(source),
                              tree.cpp(("src/core",)))
        self.assertEqual(found, [])

    def test_only_the_programs_read_clocks(self):
        found = [f"{path}: {match.group(0)}" for path in tree.cpp(("src",))
                 if layering.room_of(path) not in layering.PROGRAMS
                 for match in layering.CLOCKS.finditer(re.sub(r"//[^\n]*", "", tree.text(path)))]
        self.assertEqual(found, [])

    def test_no_target_is_reached_by_a_process_number(self):
        """A number may be somebody else's by now: systemd is asked, by the unit's name."""
        signals = re.compile(r"\b(t?g?kill|pidfd_send_signal|sigqueue)\s*\(")
        found = [f"{path}: {match.group(0)}" for path in tree.cpp(("src/actuator", "src/remedy",
                                                                  "src/systemd"))
                 for match in signals.finditer(re.sub(r"//[^\n]*", "", tree.text(path)))]
        self.assertEqual(found, [])

    def test_tests_do_not_sleep(self):
        sleeps = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|[^_\w]sleep\(")
        found = [str(path) for path in tree.cpp(("tests",))
                 if sleeps.search(tree.text(path)) and path.parts[1] != "box"]
        self.assertEqual(found, [])


class LawTest(unittest.TestCase):
    """The law itself: it finds what it is there for."""

    def test_refuses_the_core_any_other_room(self):
        self.assertTrue(layering.breaches_of_room("core", '#include "rules/loader.hpp"\n'))

    def test_refuses_everyone_the_programs(self):
        self.assertTrue(layering.breaches_of_room("bus", '#include "daemon/options.hpp"\n'))
        self.assertTrue(layering.breaches_of_room("ctl", '#include "daemon/options.hpp"\n'))

    def test_refuses_rooms_of_the_same_storey_each_other(self):
        self.assertTrue(layering.breaches_of_room("source", '#include "remedy/catalog.hpp"\n'))

    def test_refuses_a_library_to_the_wrong_room(self):
        self.assertTrue(layering.breaches_of_room("bus", "#include <sqlite3.h>\n"))

    def test_allows_a_room_itself_and_the_rooms_below(self):
        source = '#include "source/scrape.hpp"\n#include "systemd/event_loop.hpp"\n'
        self.assertEqual(layering.breaches_of_room("source", source), [])

    def test_finds_a_clock_in_the_core(self):
        self.assertTrue(layering.breaches_of_core("auto t = std::chrono::steady_clock::now();"))

    def test_finds_a_library_in_the_contract(self):
        self.assertTrue(layering.breaches_of_contract("#include <spdlog/spdlog.h>\n"))


if __name__ == "__main__":
    unittest.main()
