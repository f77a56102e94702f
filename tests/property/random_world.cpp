// SPDX-License-Identifier: MIT
#include "property/random_world.hpp"

#include "property/random_provider.hpp"
#include "support/rules_text.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace primum::property {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using support::World;

constexpr Duration interval = seconds{5};
const std::vector<std::string> unit_names{"a.service", "b.service"};

std::string target_name(int number) {
    return fmt::format("t{}", number);
}

// One rung with a remedy; its numbers are small, so that much happens.
std::string rung_text(Rng& rng,
                      const std::string& level,
                      const std::string& kind,
                      const std::string& parameters = {}) {
    return fmt::format(
        "{} = {{ when = \"{}\", indicators = {}, for = \"{}s\", remedy = [{{ {} = {{ {} }} }}], "
        "attempts = {}, settle = \"{}s\", verify = \"{}s\", cooldown = {{ initial = \"{}s\", "
        "factor = {}, max = \"10m\" }}, max_blast_radius = {}, max_plan_age = \"{}s\", "
        "max_wait = \"{}m\" }}\n",
        level,
        rng.pick<const char*>({"error", "critical", "warning"}),
        rng.between(1, 2),
        rng.between(0, 10),
        kind,
        parameters,
        rng.between(1, 3),
        rng.between(0, 10),
        rng.between(40, 60),
        rng.between(0, 120),
        rng.between(1, 3),
        rng.between(0, 1),
        rng.between(1, 30),
        rng.between(5, 30));
}

// Indicators of every kind of value, of a source of their own.
std::string rich_indicators(Rng& rng) {
    constexpr const char* persistence = "trip = \"2 of 3\", clear = \"2 of 2\"";
    std::string text;
    if (!rng.one_in(3)) {
        text += fmt::format(
            "lag = {{ source = \"n\", value = {{ gauge = \"lag\" }}, baseline = {{ min_samples = "
            "{}, forget = \"{}m\", seasonal = \"{}\" }}, {} = {{ above_baseline = 4, by_at_least = "
            "1 }}, {} }}\n",
            rng.between(10, 40),
            rng.between(1, 60),
            rng.pick<const char*>({"none", "none", "hour_of_day"}),
            rng.pick<const char*>({"warning", "error"}),
            persistence);
    }
    if (rng.one_in(2)) {
        text += fmt::format(
            "slow = {{ source = \"n\", series = 'lat_bucket', value = {{ quantile = 0.9, over = "
            "\"20s\", min_count = 5 }}, reduce = \"{}\", error = {{ above = 0.5 }}, {} }}\n",
            rng.pick<const char*>({"sum", "worst"}),
            persistence);
    }
    if (rng.one_in(2)) {
        text += fmt::format(
            "stuck = {{ source = \"n\", value = {{ age = 'jobs' }}, error = {{ above = {} }}, {} "
            "}}\n",
            rng.between(10, 60),
            persistence);
    }
    if (rng.one_in(2)) {
        text +=
            "depth = { source = \"n\", value = { gauge = 'depth' }, warning = { above = 10, "
            "clear_below = 5 }, critical = { below = -1 }, for = \"10s\", clear = \"2 of 2\" }\n";
    }
    return text;
}

std::string target_text(Rng& rng, int number, const Shape& shape) {
    const std::string name = target_name(number);
    std::string text = fmt::format("[target.{}]\nunit = \"{}\"\nmode = \"{}\"\n",
                                   name,
                                   rng.pick(unit_names),
                                   rng.one_in(6) ? "dry_run" : "enforce");
    text += fmt::format("enforce_up_to = \"{}\"\n",
                        rng.pick<const char*>({"restart", "restart", "fallback", "retry"}));
    text += fmt::format("warm_up = \"{}s\"\nsoak = \"{}s\"\nrelapse = \"{}m\"\n",
                        shape.hostile ? rng.between(0, 120) : 120,
                        rng.between(0, 60),
                        rng.between(1, 20));
    if (number > 0 && rng.one_in(3)) {
        text += fmt::format("depends_on = [\"{}\"]\n", target_name(0));
    }
    if (rng.one_in(2)) {
        text += fmt::format(
            "budget = {{ actions = {}, per = \"{}m\" }}\n", rng.between(1, 3), rng.between(5, 30));
    }
    text += fmt::format("[target.{}.indicator]\nunit = {{ value = \"unit_state\"{} }}\n",
                        name,
                        rng.one_in(3) ? ", for = \"3s\"" : "");
    text +=
        "up = { source = \"m\", value = { gauge = \"up\" }, error = { below = 1 }, critical = "
        "{ below = -5 }, trip = \"2 of 3\", clear = \"2 of 2\" }\n";
    if (rng.one_in(2)) {
        text +=
            "errors = { source = \"m\", value = { ratio = ['req{code=\"500\"}', 'req'], over = "
            "\"20s\", min_count = 5 }, warning = { above = 0.1 }, error = { above = 0.5 }, "
            "trip = \"2 of 3\", clear = \"2 of 2\" }\n";
    }
    if (shape.rich) {
        text += rich_indicators(rng);
    }
    text += fmt::format("[target.{}.ladder]\n", name);
    if (rng.one_in(3)) {
        text +=
            fmt::format("observe = {{ when = \"warning\", for = \"{}s\" }}\n", rng.between(0, 10));
    }
    if (rng.one_in(2)) {
        text += rung_text(rng, "retry", "reload");
    }
    if (shape.providers && rng.one_in(2)) {
        text += rung_text(rng, "failover", "failover", failover_text(rng));
    } else if (rng.one_in(4)) {
        text += "failover = { when = \"error\", for = \"5s\" }\n";
    } else if (rng.one_in(3)) {
        text += rung_text(
            rng, "failover", "exec", "run = [\"/bin/a\"], undo = [\"/bin/b\"], timeout = \"20s\"");
    }
    text += rung_text(rng, "restart", "restart");
    if (rng.one_in(3)) {
        text += rung_text(rng,
                          "fallback",
                          "config_fallback",
                          "files = [{ path = \"/etc/a\", good = \"/usr/a\" }], timeout = \"20s\"");
    }
    return text;
}

std::string rules_text(Rng& rng, const Shape& shape) {
    std::string text =
        "[source.m]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:9/\"\n"
        "interval = \"5s\"\n";
    if (shape.rich) {
        text +=
            "[source.n]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:9/\"\n"
            "interval = \"5s\"\n";
    }
    if (shape.providers) {
        text += provider_text(rng);
    }
    const auto targets = rng.between(1, rng.one_in(4) ? shape.crowd : shape.most_targets);
    for (int i = 0; i < targets; ++i) {
        text += target_text(rng, i, shape);
    }
    return text;
}

std::string settings_text(Rng& rng) {
    return fmt::format(
        "mode = \"{}\"\n[budget]\nin_flight = {}\nhost = {{ actions = {}, per = \"{}m\" }}\n"
        "level.restart = {{ actions = {}, per = \"{}m\" }}\n"
        "[breaker]\nwindow = 4\nworse = {}\nno_effect = {}\n",
        rng.one_in(10) ? "dry_run" : "enforce",
        rng.between(1, 2),
        rng.between(1, 6),
        rng.between(10, 60),
        rng.between(1, 4),
        rng.between(10, 60),
        rng.between(1, 4),
        rng.between(1, 4));
}

World::Values well() {
    return {{"up", "1"}, {"req{code=\"200\"}", "+20"}, {"req{code=\"500\"}", "+0"}};
}

World::Values ill(Rng& rng) {
    const std::string up = rng.pick<const char*>({"0", "0", "-9", "1", "NaN", "-Inf", "1e308"});
    World::Values values{{"up", up}};
    if (!rng.one_in(3)) {
        values.emplace_back("req{code=\"200\"}", rng.pick<const char*>({"+5", "0", "+0", "NaN"}));
    }
    if (!rng.one_in(3)) {
        values.emplace_back("req{code=\"500\"}",
                            rng.pick<const char*>({"+50", "+1", "3", "1e300"}));
    }
    return values;
}

// Collects the deeds of one story.
class Author {
public:
    Author(Rng& rng, const Shape& shape, Story& story) : rng_(rng), shape_(shape), story_(story) {}

    void write(const std::vector<std::shared_ptr<const RuleSet>>& rule_sets) {
        do_at(Duration{0}, [](World& world) { world.start(); });
        collections();
        if (shape_.rich) {
            rich_collections();
        }
        if (shape_.providers) {
            for (Deed& deed : provider_deeds(rng_, story_.calm, story_.end)) {
                story_.deeds.push_back(std::move(deed));
            }
        }
        const auto deeds = rng_.between(5, 60);
        for (std::int64_t i = 0; i < deeds; ++i) {
            const Duration at{rng_.between(1, std::int64_t{story_.calm.count()})};
            one_deed(at, rule_sets);
        }
        calm();
    }

private:
    void do_at(Duration at, std::function<void(World&)> what) {
        story_.deeds.push_back({at, std::move(what)});
    }

    // Spells of health, of illness, of silence and of failure.
    void collections() {
        Duration at = interval;
        while (at < story_.calm) {
            const Duration until = at + rng_.between(1, 60) * interval;
            const auto spell = rng_.between(0, 6);
            bool flips = false;
            for (; at < until && at < story_.calm; at += interval) {
                if (spell <= 2) {
                    do_at(at, [](World& world) { world.scrape("m", well()); });
                } else if (spell <= 4) {
                    do_at(at, [values = ill(rng_)](World& world) { world.scrape("m", values); });
                } else if (spell == 6) {  // as long as the filters need, so that it flaps
                    flips = rng_.one_in(3) ? !flips : flips;
                    do_at(at, [flips](World& world) {
                        world.scrape("m", flips ? World::Values{{"up", "0"}} : well());
                    });
                } else if (rng_.one_in(2)) {
                    do_at(at, [](World& world) { world.fail_source("m", "timeout", "slow"); });
                }
            }
        }
    }

    // For the indicators of rich_indicators(): noise with outliers, series that come and go.
    void rich_collections() {
        for (Duration at = interval; at < story_.calm; at += interval) {
            if (rng_.one_in(20)) {
                at += rng_.between(1, 6) * interval;
            }
            const bool is_ill = rng_.one_in(5);
            World::Values values{{"lag", std::to_string(rng_.between(0, 100) + (is_ill ? 500 : 0))},
                                 {"jobs", rng_.one_in(3) ? "+1" : "+0"},
                                 {fmt::format("depth{{q=\"{}\"}}", rng_.between(0, 4)),
                                  std::to_string(rng_.between(-2, 30))}};
            for (const char* bound : {"0.1", "1", "+Inf"}) {
                if (!rng_.one_in(40)) {
                    values.emplace_back(fmt::format("lat_bucket{{le=\"{}\"}}", bound),
                                        is_ill && bound[0] == '0' ? "+0" : "+9");
                }
            }
            if (rng_.one_in(100)) {
                values.emplace_back(
                    fmt::format("lat_bucket{{le=\"+Inf\",p=\"{}\"}}", rng_.between(0, 9)), "+7");
            }
            do_at(at, [values](World& world) { world.scrape("n", values); });
        }
    }

    void one_deed(Duration at, const std::vector<std::shared_ptr<const RuleSet>>& rule_sets) {
        switch (rng_.between(0, shape_.hostile ? 11 : 9)) {
            case 0:
            case 1:
            case 2:
                return unit(at);
            case 3:
                return person(at);
            case 4:
                return job(at);
            case 5:
                return operate(at);
            case 6:
                return ledger(at);
            case 7:
                return actuator(at);
            case 8:
                return host(at);
            case 9:
                if (shape_.reloads) {
                    do_at(at, [rules = rng_.pick(rule_sets)](World& w) { w.reload(rules); });
                }
                return;
            default:
                return hostile(at);
        }
    }

    void unit(Duration at) {
        const std::string name = rng_.pick(unit_names);
        const std::string state = rng_.pick<const char*>(
            {"failed", "failed", "failed", "active", "inactive", "activating", "auto-restart"});
        const std::string restart = rng_.pick<const char*>({"no", "no", "no", "on-failure"});
        const auto burst = static_cast<std::uint32_t>(rng_.pick({0, 0, 1, 2, 3, 5}));
        const Duration within = seconds{rng_.between(5, 600)};
        const bool unseen_start = rng_.one_in(6);
        do_at(at, [=, honest = !shape_.hostile](World& world) {
            UnitEvent now = world.unit(name);
            if (honest && now.active_state == "inactive") {
                return;  // only a job takes it out of that
            }
            const bool again = state == "auto-restart";
            now.active_state = again ? "activating" : state;
            now.sub_state = again ? state : state == "active" ? "running" : state;
            now.result = state == "failed" ? "signal" : "success";
            now.restart = restart;
            now.restart_delay = seconds{5};
            now.start_limit_burst = burst;
            now.start_limit_interval = within;
            now.restarts += again ? 1 : 0;
            if (unseen_start || (state == "active" && now.restarts > 0)) {
                now.invocation_id += '+';
            }
            world.set_unit(std::move(now));
        });
    }

    void person(Duration at) {
        const std::string name = rng_.pick(unit_names);
        const std::string what =
            rng_.pick<const char*>({"stop", "start", "restart", "reload", "reset-failed"});
        do_at(at, [name, what](World& world) { world.person_does(name, what); });
    }

    void job(Duration at) {
        const std::string name = rng_.pick(unit_names);
        const auto id = static_cast<std::uint32_t>(rng_.between(1, 9));
        const std::string type = rng_.pick<const char*>({"start", "stop", "restart", ""});
        do_at(at, [name, id, type](World& world) { world.new_job(name, id, type, false); });
        const std::string result = rng_.pick<const char*>({"done", "failed", "canceled"});
        do_at(at + seconds{rng_.between(1, 60)},
              [name, id, result](World& world) { world.end_job(name, id, result); });
    }

    void operate(Duration at) {
        OperatorEvent command;
        command.ticket = rng_.next() % 1000;
        command.verb = rng_.pick({OperatorVerb::hold,
                                  OperatorVerb::release,
                                  OperatorVerb::disable,
                                  OperatorVerb::enable,
                                  OperatorVerb::acknowledge,
                                  OperatorVerb::acknowledge,
                                  OperatorVerb::reset_breaker,
                                  OperatorVerb::rollback});
        command.target = rng_.one_in(3) ? "" : target_name(static_cast<int>(rng_.between(0, 3)));
        command.incident = static_cast<std::uint64_t>(rng_.between(0, 6));
        command.length = seconds{rng_.between(-5, 1200)};
        command.reason = rng_.one_in(10) ? "" : "because";
        if (shape_.forces && rng_.one_in(4)) {
            command.verb =
                rng_.pick({OperatorVerb::force, OperatorVerb::force, OperatorVerb::label});
            command.level = static_cast<Level>(rng_.between(0, level_count - 1));
            command.label = rng_.pick({ActionLabel::none, ActionLabel::justified});
        }
        const auto sequence = static_cast<std::uint32_t>(rng_.between(1, 6));
        do_at(at, [command, sequence](World& world) {
            OperatorEvent named = command;
            named.action = world.action_with(sequence);
            world.send(std::move(named));
        });
    }

    void ledger(Duration at) {
        const auto how = rng_.between(0, 2);
        const Duration over = at + seconds{rng_.between(1, 120)};
        if (how == 0) {
            do_at(at, [](World& world) { world.set_ledger_healthy(false, "full"); });
            do_at(over, [](World& world) { world.set_ledger_healthy(true, ""); });
        } else {
            const auto commits = how == 1 ? World::Commits::never : World::Commits::refused;
            do_at(at, [commits](World& world) { world.set_commits(commits); });
            do_at(over, [](World& world) { world.set_commits(World::Commits::at_once); });
        }
    }

    void actuator(Duration at) {
        support::PreflightAnswer answer;
        answer.silent = rng_.one_in(6);
        answer.after = seconds{rng_.between(0, 3)};
        answer.answer =
            rng_.pick({Preflight::can, Preflight::can, Preflight::not_now, Preflight::cannot});
        answer.code = answer.answer == Preflight::can ? Refusal::none : Refusal::foreign_job;
        if (rng_.one_in(4)) {
            answer.blast_radius = {"other.service"};
        }
        support::ActionCourse course;
        using support::Course;
        course.course =
            shape_.hostile
                ? rng_.pick({Course::done,
                             Course::done,
                             Course::failed,
                             Course::refused,
                             Course::ambiguous,
                             Course::silent,
                             Course::mute})
                : rng_.pick({Course::done, Course::done, Course::failed, Course::refused});

        course.takes = seconds{rng_.between(0, 60)};
        course.refusal = rng_.pick({Refusal::stale_plan, Refusal::masked, Refusal::foreign_job});
        support::UndoCourse undo;
        undo.course = rng_.pick({support::BackCourse::done,
                                 support::BackCourse::done,
                                 support::BackCourse::failed,
                                 support::BackCourse::silent});
        undo.takes = seconds{rng_.between(0, 40)};
        const std::string cured = rng_.pick(unit_names);
        const bool cures = rng_.one_in(3);
        do_at(at, [=](World& world) {
            world.preflights.push_back(answer);
            world.courses.push_back(course);
            world.undos.push_back(undo);
            if (cures) {
                world.cures.push_back({cured, Level::restart, {}});
            }
        });
    }

    void host(Duration at) {
        const auto what = rng_.between(0, 5);
        if (what == 4) {
            do_at(at, [](World& world) { world.set_busy(true, "dpkg"); });
            return do_at(at + seconds{rng_.between(1, 300)},
                         [](World& world) { world.set_busy(false, ""); });
        }
        if (what == 5) {
            const std::string name = target_name(static_cast<int>(rng_.between(0, 3)));
            return do_at(at, [name](World& world) { world.send(FileEvent{name, "/etc/x"}); });
        }
        if (what == 0) {
            do_at(at, [](World& world) { world.set_disabled(true, "/etc/primum/disabled"); });
            do_at(at + seconds{rng_.between(1, 300)},
                  [](World& world) { world.set_disabled(false, ""); });
        } else if (what == 1) {
            do_at(at, [](World& world) {
                world.send(HostEvent{HostChange::resumed, false, false, ""});
            });
        } else if (what == 2 && shape_.holds_lie_about_time) {
            const Duration by = seconds{rng_.between(-90'000, 90'000)};
            do_at(at, [by](World& world) { world.jump_wall(by); });
        } else {
            do_at(at, [](World& world) { world.send(TickEvent{}); });
        }
    }

    // What no honest world sends.
    void hostile(Duration at) {
        const auto number = static_cast<std::uint64_t>(rng_.between(0, 20));
        switch (rng_.between(0, 7)) {
            case 0: {
                const Duration back = seconds{rng_.between(1, 1000)};
                return do_at(at, [back](World& world) {
                    Stamp early = world.stamp();
                    early.t -= back;
                    world.send_at(early, TickEvent{});
                });
            }
            case 1:
                return do_at(at, [number](World& world) {
                    world.send(SampleEvent{"m", static_cast<SeriesId>(number), 1e308});
                    world.send(SampleEvent{"nowhere", 1, 0});
                });
            case 2:
                return do_at(at, [number](World& world) {
                    PreflightEvent answer;
                    answer.ticket = number;
                    answer.answer = Preflight::can;
                    world.send(answer);
                });
            case 3:
                return do_at(at, [](World& world) {
                    ActionEvent news;
                    news.action = world.last_action();
                    news.phase = ActionPhase::finished;
                    news.result = ActionResult::done;
                    world.send(news);
                    news.action = "nobody-1";
                    world.send(news);
                });
            case 4:
                return do_at(at, [](World& world) {
                    world.send(LedgerEvent{LedgerNews::committed, world.last_action(), ""});
                    world.send(LedgerEvent{LedgerNews::failed, world.last_action(), ""});
                });
            case 5:
                return do_at(at, [](World& world) {
                    world.stutters = true;
                    UnitEvent odd;
                    odd.unit = "a.service";
                    odd.active_state = "no-such-state";
                    world.send(odd);
                    odd.unit = "";
                    world.send(odd);
                });
            case 6:
                return do_at(at, [](World& world) {
                    world.send(FileEvent{"t0", "/etc/passwd"});
                    world.send(ProviderEvent{"p", "c", ""});
                    world.send(SlotEvent{7, true, ""});
                    world.send(RestoreEvent{});
                });
            default:
                return do_at(at, [number](World& world) {
                    SamplesEvent samples{"m", {}};
                    samples.values.push_back(
                        {static_cast<SeriesId>(number), std::numeric_limits<double>::quiet_NaN()});
                    samples.values.push_back({77'777, 1});
                    world.send(samples);
                });
        }
    }

    void calm() {
        do_at(story_.calm, [](World& world) {
            world.stutters = false;
            world.preflights.clear();
            world.courses.clear();
            world.undos.clear();
            world.set_ledger_healthy(true, "");
            world.set_commits(World::Commits::at_once);
            world.set_disabled(false, "");
            world.set_busy(false, "");
            for (const std::string& name : unit_names) {
                world.cures.push_back({name, Level::restart, {}});
                world.person_does(name, "start");
            }
        });
        for (Duration at = story_.calm; at < story_.end; at += interval) {
            do_at(at, [](World& world) { world.scrape("m", well()); });
            if (shape_.rich) {
                do_at(at, [](World& world) {
                    world.scrape("n", {{"lag", "50"}, {"jobs", "+1"}, {"depth{q=\"0\"}", "1"}});
                });
            }
        }
    }

    Rng& rng_;
    const Shape& shape_;
    Story& story_;
};

}  // namespace

void Story::put_on(World& world) const {
    for (const Deed& deed : deeds) {
        world.at(deed.at, [&world, &deed] { deed.what(world); });
    }
}

Story make_story(std::uint64_t seed, const Shape& shape, const support::TempDir& dir) {
    Rng rng{seed};
    Story story;
    story.settings = settings_text(rng);
    story.rules = rules_text(rng, shape);
    story.compiled = support::load_rule_set(dir, story.settings, story.rules);
    std::vector<std::shared_ptr<const RuleSet>> rule_sets{story.compiled};
    if (shape.reloads) {
        rule_sets.push_back(support::load_rule_set(dir, story.settings, rules_text(rng, shape)));
    }
    if (shape.rich) {  // some targets stay as they are
        rule_sets.push_back(
            support::load_rule_set(dir, story.settings, story.rules + target_text(rng, 9, shape)));
    }
    story.calm = minutes{rng.between(5, 40)};
    story.end = story.calm + hours{2};
    Author{rng, shape, story}.write(rule_sets);
    return story;
}

}  // namespace primum::property
