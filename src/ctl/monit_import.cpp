// SPDX-License-Identifier: MIT
#include "ctl/monit_import.hpp"

#include "ctl/monit_condition.hpp"
#include "rules/protected.hpp"
#include "rules/rule_tree.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace primum::ctl {
namespace {

using rules::Node;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t max_name = 40;         // of a target; sources and indicators add to it
constexpr std::size_t max_services = 2'000;  // what is over it is left over
constexpr std::size_t max_conditions = 32;   // of one service
constexpr Duration shortest_interval = seconds{5};
constexpr Duration longest_interval = hours{1};
constexpr Duration shortest_restart = seconds{1};
constexpr std::uint32_t most_attempts = 6;  // the host's default budget for an hour

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// As targets are named; never empty.
std::string name_from(const std::string& text) {
    std::string name;
    for (const char c : text.substr(0, max_name)) {
        name += is_letter(c) || (!name.empty() && (c == '-' || c == '.')) ? c : '_';
    }
    return name.empty() ? "service" : name;
}

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

std::string base_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

bool is_restart_limit(const MonitTest& test) {
    return !test.test.empty() && number_of(test.test.front().text).has_value() &&
           test.test.size() >= 2 && lowered(test.test[1].text).starts_with("restart");
}

bool is_existence(const MonitTest& test) {
    return std::any_of(test.test.begin(), test.test.end(), [](const MonitToken& word) {
        return word.is("exist") || word.is("exists");
    });
}

bool acts(const std::string& action) {
    return action == "restart" || action == "start";
}

Node persistence(std::uint32_t k, std::uint32_t n) {
    return rules::text_node(fmt::format("{} of {}", k, n));
}

bool has_member(const Node& table, const std::string& key) {
    return std::any_of(table.members.begin(),
                       table.members.end(),
                       [&key](const rules::Member& member) { return member.key == key; });
}

// One service on its way to a target.
struct Draft {
    std::string name;
    std::string unit;
    Duration interval{0};
    Node sources = rules::table_node(false);
    Node indicators = rules::table_node(false);
    bool restarts = false;       // monit would restart it
    std::uint32_t attempts = 0;  // 0: monit sets no limit
    Duration per{0};
};

class Translation {
public:
    explicit Translation(const MonitFile& file) : file_(file) {}

    MonitRules run() {
        rules_.left = file_.left;
        for (const MonitService& service : file_.services) {
            take(service);
        }
        for (const auto& [service, draft] : drafts_) {
            put_target(*service, draft);
        }
        rules_.document = rules::table_node(false);
        for (auto* part : {&sources_, &targets_}) {
            if (!part->members.empty()) {
                rules::put(rules_.document, part == &sources_ ? "source" : "target", *part);
            }
        }
        std::stable_sort(rules_.left.begin(), rules_.left.end(), [](const auto& a, const auto& b) {
            return std::tie(a.at.file, a.at.line) < std::tie(b.at.file, b.at.line);
        });
        // A file that is included in several places.
        rules_.left.erase(std::unique(rules_.left.begin(), rules_.left.end()), rules_.left.end());
        return std::move(rules_);
    }

private:
    void leave(const MonitPlace& at, std::string text, std::string why) {
        rules_.left.push_back({at, std::move(text), std::move(why)});
    }

    void leave(const MonitService& service, std::string why) {
        leave(service.at, fmt::format("check {} {}", service.type, service.name), std::move(why));
    }

    // The unit, or what keeps it from being acted on.
    std::string unit_of(const MonitService& service) {
        std::string unit = unit_of_program(service.start);
        if (unit.empty()) {
            unit = unit_of_program(service.stop);
        }
        if (unit.empty()) {
            leave(service,
                  "no systemd unit can be told from its start program: it is not restarted");
        } else if (rules::is_protected_unit(unit)) {
            leave(service, unit + " is protected: primum never touches it");
            unit.clear();
        }
        return unit;
    }

    void take(const MonitService& service) {
        if (drafts_.size() == max_services) {
            leave(service, "too many checks");
            return;
        }
        Draft draft;
        draft.interval =
            std::clamp<Duration>(file_.cycle * service.every, shortest_interval, longest_interval);
        draft.name = name_from(service.name);
        for (int n = 2; names_.contains(draft.name); ++n) {
            draft.name = fmt::format("{}_{}", name_from(service.name), n);
        }
        if (service.type == "process") {
            draft.unit = unit_of(service);
            draft.restarts = true;  // unless a test of existence says otherwise
        }
        for (const MonitTest& test : service.tests) {
            take(service, test, draft);
        }
        if (!draft.unit.empty()) {
            Node unit = rules::table_node(false);
            rules::put(unit, "value", rules::text_node("unit_state"));
            rules::put(draft.indicators, "unit", std::move(unit));
        }
        if (draft.indicators.members.empty()) {
            leave(service, "nothing of it is judged here");
            return;
        }
        names_.insert(draft.name);
        targets_by_service_.emplace(lowered(service.name), draft.name);
        for (rules::Member& source : draft.sources.members) {
            sources_.members.push_back(std::move(source));
        }
        drafts_.emplace_back(&service, std::move(draft));
    }

    void take(const MonitService& service, const MonitTest& test, Draft& draft) {
        if (is_restart_limit(test)) {
            limit(test, draft);
            return;
        }
        if (is_existence(test)) {
            if (!acts(test.action)) {
                draft.restarts = false;
            }
            if (draft.unit.empty() || (test.action != "alert" && !acts(test.action))) {
                leave(test.at, test.text, "whether it exists is judged by the unit's state alone");
            }
            return;
        }
        MonitCondition condition = monit_condition(service, test, draft.unit);
        if (condition.source.members.empty() || draft.indicators.members.size() == max_conditions) {
            leave(test.at,
                  test.text,
                  condition.why.empty() ? "too many tests of one service" : condition.why);
            return;
        }
        if (!condition.why.empty()) {
            leave(test.at, test.text, condition.why);
        }
        if (test.action != "alert" && !acts(test.action)) {
            leave(test.at,
                  test.text,
                  fmt::format("{} has no equivalent: it is only watched", test.action));
        }
        put_indicator(test, condition, draft);
    }

    // A limit to restarts becomes attempts and a budget; never more than the host's own.
    void limit(const MonitTest& test, Draft& draft) {
        const std::uint32_t restarts =
            std::clamp(number_of(test.test.front().text).value_or(1), 1U, most_attempts);
        if (number_of(test.test.front().text) > most_attempts) {
            leave(test.at, test.text, fmt::format("no more than {} in an hour", most_attempts));
        }
        if (test.action != "timeout" && test.action != "unmonitor") {
            leave(test.at,
                  test.text,
                  fmt::format("when it is used up a person is paged; {} has no equivalent",
                              test.action));
        }
        const std::uint32_t cycles = std::max(test.within, 1U);
        draft.attempts = draft.attempts == 0 ? restarts : std::min(draft.attempts, restarts);
        draft.per = std::clamp<Duration>(file_.cycle * cycles, hours{1}, hours{24});
    }

    void put_indicator(const MonitTest& test, MonitCondition& condition, Draft& draft) {
        std::string name = condition.name;
        for (int n = 2; has_member(draft.indicators, name) || name == "unit"; ++n) {
            name = fmt::format("{}_{}", condition.name, n);
        }
        const std::string source = fmt::format("{}_{}", draft.name, name);
        const Duration timeout =
            condition.timeout == Duration{0} ? Duration{seconds{5}} : condition.timeout;
        rules::put(condition.source, "interval", rules::span_node(draft.interval));
        rules::put(
            condition.source, "timeout", rules::span_node(std::min(timeout, draft.interval)));
        rules::put(draft.sources, source, std::move(condition.source));
        Node indicator = rules::table_node(false);
        rules::put(indicator, "source", rules::text_node(source));
        if (condition.series) {
            rules::put(indicator, "series", *std::move(condition.series));
        } else {
            rules::put(indicator, "value", rules::text_node("probe"));
            Node failed = rules::table_node(true);
            rules::put(failed, "below", rules::number_node(1));
            condition.threshold = std::move(failed);
        }
        const bool ill = acts(test.action) && !draft.unit.empty();
        rules::put(indicator, ill ? "critical" : "warning", *std::move(condition.threshold));
        if (test.within > 0) {
            rules::put(indicator, "trip", persistence(test.times, test.within));
        }
        rules::put(indicator, "clear", persistence(2, 2));
        rules::put(draft.indicators, name, std::move(indicator));
        draft.restarts = draft.restarts || ill;
    }

    void put_target(const MonitService& service, const Draft& draft) {
        const bool watched = draft.unit.empty() || service.passive;
        Node target = rules::table_node(false);
        rules::put_text(target, "unit", draft.unit);
        rules::put(target, "mode", rules::text_node(watched ? "observe" : "dry_run"));
        std::set<std::string> depends_on;
        for (const MonitToken& name : service.depends_on) {
            const auto other = targets_by_service_.find(lowered(name.text));
            if (other != targets_by_service_.end() && draft_before(other->second, draft)) {
                depends_on.insert(other->second);
            } else {
                leave(
                    name.at, "depends on " + name.text.substr(0, max_name), "it is no target here");
            }
        }
        if (!depends_on.empty()) {
            rules::put(
                target, "depends_on", rules::list_node({depends_on.begin(), depends_on.end()}));
        }
        const bool heals = !watched && draft.restarts;
        if (heals && draft.attempts > 0) {
            Node budget = rules::table_node(true);
            rules::put(budget, "actions", rules::integer_node(draft.attempts));
            rules::put(budget, "per", rules::span_node(draft.per));
            rules::put(target, "budget", std::move(budget));
        }
        rules::put(target, "indicator", draft.indicators);
        if (heals) {
            Node ladder = rules::table_node(false);
            rules::put(ladder, "observe", rules::table_node(false));
            rules::put(ladder, "restart", restart_of(service, draft));
            rules::put(target, "ladder", std::move(ladder));
        }
        rules::put(targets_, draft.name, std::move(target));
    }

    // Dependencies in a circle are a mistake: only on what monit's file names earlier or later, but
    // one way.
    bool draft_before(const std::string& name, const Draft& draft) {
        if (name == draft.name || !edges_ok(name, draft.name)) {
            return false;
        }
        edges_[draft.name].insert(name);
        return true;
    }

    // Whether `to` does not lead back to `from`; bounded by the edges there are.
    [[nodiscard]] bool edges_ok(const std::string& to, const std::string& from) const {
        std::set<std::string> seen{to};
        std::vector<std::string> open{to};
        while (!open.empty()) {
            const std::string at = std::move(open.back());
            open.pop_back();
            if (at == from) {
                return false;
            }
            const auto found = edges_.find(at);
            for (const std::string& next :
                 found == edges_.end() ? std::set<std::string>{} : found->second) {
                if (seen.insert(next).second) {
                    open.push_back(next);
                }
            }
        }
        return true;
    }

    static Node restart_of(const MonitService& service, const Draft& draft) {
        Node parameters = rules::table_node(true);
        if (service.start_timeout >= shortest_restart) {
            rules::put(parameters, "timeout", rules::span_node(service.start_timeout));
        }
        Node remedy = rules::table_node(true);
        rules::put(remedy, "restart", std::move(parameters));
        Node remedies;
        remedies.kind = Node::Kind::array;
        remedies.items.push_back(std::move(remedy));
        Node restart = rules::table_node(false);
        rules::put(restart, "remedy", std::move(remedies));
        if (draft.attempts > 0) {
            rules::put(restart, "attempts", rules::integer_node(draft.attempts));
        }
        // Two evaluations must fit in, or the action would be judged before it could help.
        if (draft.sources.members.empty()) {
            return restart;
        }
        rules::put(restart,
                   "verify",
                   rules::span_node(std::max<Duration>(minutes{2}, 2 * draft.interval)));
        return restart;
    }

    const MonitFile& file_;
    MonitRules rules_;
    Node sources_ = rules::table_node(false);
    Node targets_ = rules::table_node(false);
    std::set<std::string> names_;
    std::map<std::string, std::string> targets_by_service_;
    std::map<std::string, std::set<std::string>> edges_;
    std::vector<std::pair<const MonitService*, Draft>> drafts_;
};

}  // namespace

std::string unit_of_program(const std::string& program) {
    constexpr std::size_t most_words = 8;
    constexpr std::size_t most_unit = 200;
    std::vector<std::string> words;
    for (std::size_t at = 0; at < program.size() && words.size() < most_words;) {
        const std::size_t from = program.find_first_not_of(" \t", at);
        if (from == std::string::npos) {
            break;
        }
        at = std::min(program.size(), program.find_first_of(" \t", from));
        words.push_back(program.substr(from, at - from));
    }
    if (words.size() < 2) {
        return {};
    }
    const std::string tool = base_name(words[0]);
    const std::string name = words[0] == "/etc/init.d/" + tool              ? tool
                             : tool == "systemctl" && words.size() == 3     ? words[2]
                             : (tool == "service" || tool == "invoke-rc.d") ? words[1]
                                                                            : "";
    const bool plain = !name.empty() && name.size() <= most_unit && name.back() != '@' &&
                       is_letter(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
                           return is_letter(c) || c == '-' || c == '.' || c == '@' || c == ':';
                       });
    if (!plain) {
        return {};
    }
    if (name.ends_with(".service")) {
        return name.size() > 9 && name[name.size() - 9] != '@' ? name : "";
    }
    return name.find(".socket") == std::string::npos && name.find(".target") == std::string::npos
               ? name + ".service"
               : "";
}

std::vector<TimerSight> monit_watches(const MonitFile& file, const std::string& unit) {
    std::vector<TimerSight> watches;
    for (const MonitService& service : file.services) {
        if (service.type == "process" && !service.passive &&
            unit_of_program(service.start) == unit) {
            watches.push_back({service.name, file.cycle * service.every});
        }
    }
    return watches;
}

MonitRules translate_monit(const MonitFile& file) {
    return Translation{file}.run();
}

}  // namespace primum::ctl
