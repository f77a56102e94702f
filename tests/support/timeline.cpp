// SPDX-License-Identifier: MIT
#include "support/timeline.hpp"

#include "support/timeline_words.hpp"

#include <stdexcept>
#include <utility>

namespace primum::support {
namespace {

std::string usual_sub_state(const std::string& active_state) {
    if (active_state == "active") {
        return "running";
    }
    if (active_state == "inactive") {
        return "dead";
    }
    if (active_state == "activating") {
        return "start";
    }
    if (active_state == "deactivating") {
        return "stop-sigterm";
    }
    return active_state;
}

}  // namespace

Duration parse_duration(std::string_view text) {
    const auto span = duration_of(text);
    if (!span) {
        refuse("a duration is expected, like 30s, not " + std::string{text});
    }
    return *span;
}

void Timeline::read(std::string_view text) {
    std::size_t number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string line{text.substr(0, end)};
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        const auto first = line.find_first_not_of(' ');
        if (first == std::string::npos || line[first] == '#') {
            continue;
        }
        line = line.substr(first, line.find_last_not_of(' ') + 1 - first);
        try {
            read_line(line);
        } catch (const std::runtime_error& error) {
            refuse("timeline line " + std::to_string(number) + " (" + line + "): " + error.what());
        }
    }
    if (end_ == Duration{0}) {
        refuse("the timeline needs a last line \"TIME end\"");
    }
}

void Timeline::read_line(const std::string& line) {
    Words words = split(line);
    Duration at{0};
    if (const auto time = duration_of(words.front())) {
        at = *time;
        words.erase(words.begin());
    }
    if (word(words, 0) == "end") {
        end_ = at;
        return;
    }
    const std::string what = line.substr(line.find(words.front()));
    if (words.front() != "every") {
        schedule(at, std::move(words), what);
        return;
    }
    const Duration step = parse_duration(word(words, 1));
    const Duration last = parse_duration(word(words, 3));
    if (words[2] != "until" || step <= Duration{0}) {
        refuse("it is: every 5s until 60s ...");
    }
    const Words repeated(words.begin() + 4, words.end());
    for (Duration each = at; each <= last; each += step) {
        schedule(each, repeated, each == at ? what : "");
    }
}

void Timeline::schedule(Duration at, Words words, const std::string& line) {
    world_.at(at, [this, words = std::move(words), line] {
        if (listener_ && !line.empty()) {
            listener_(line);
        }
        try {
            perform(words);
        } catch (const std::runtime_error& error) {
            refuse(line + ": " + error.what());
        }
    });
}

void Timeline::perform(const Words& words) {
    if (!perform_host(words) && !perform_unit(words) && !perform_answer(words)) {
        refuse("no such verb: " + words.front());
    }
}

bool Timeline::perform_host(const Words& words) {
    const std::string& verb = words.front();
    if (verb == "start") {
        world_.start(!has(words, "unsynchronised"));
    } else if (verb == "restart") {
        restart(words);
    } else if (verb == "reload") {
        const auto rules = reloads_.find(word(words, 1));
        if (rules == reloads_.end()) {
            refuse("there is no [reload] " + words[1]);
        }
        world_.reload(rules->second);
    } else if (verb == "tick") {
        world_.send(TickEvent{});
    } else if (verb == "wall") {
        world_.jump_wall(parse_duration(word(words, 1)), !has(words, "unnoticed"));
    } else if (verb == "resumed") {
        world_.send(HostEvent{HostChange::resumed, false, false, ""});
    } else if (verb == "busy") {
        world_.set_busy(word(words, 1) == "on", words.size() > 2 ? words[2] : "");
    } else if (verb == "edit") {
        world_.send(FileEvent{word(words, 1), word(words, 2)});
    } else if (verb == "disabled") {
        world_.set_disabled(word(words, 1) == "on", "/run/primum/disabled");
    } else if (verb == "ledger") {
        ledger(words);
    } else if (verb == "operator") {
        operate(words);
    } else if (verb == "scrape") {
        world_.scrape(word(words, 1), values_of(words, 2));
    } else if (verb == "points") {
        world_.point(word(words, 1), word(words, 2) == "elsewhere" ? "" : words[2]);
    } else if (verb == "through") {
        world_.show_through(word(words, 1), word(words, 2), values_of(words, 3));
    } else if (verb == "fail") {
        world_.fail_source(word(words, 1), word(words, 2), words.size() > 3 ? words[3] : "");
    } else {
        return false;
    }
    return true;
}

bool Timeline::perform_unit(const Words& words) {
    const std::string& verb = words.front();
    if (verb == "unit") {
        unit(words);
    } else if (verb == "kill") {
        unit({"unit", word(words, 1), "failed", "signal"});
    } else if (verb == "job") {
        job(words);
    } else if (verb == "person") {
        world_.person_does(word(words, 2), word(words, 1));
    } else {
        return false;
    }
    return true;
}

void Timeline::unit(const Words& words) {
    UnitEvent state = world_.unit(word(words, 1));
    const std::string& now = word(words, 2);
    state.active_state = now == "auto-restart" ? "activating" : now;
    state.sub_state =
        option(words, "sub")
            .value_or(now == "auto-restart" ? now : usual_sub_state(state.active_state));
    const bool has_result = words.size() > 3 && words[3].find('=') == std::string::npos;
    state.result = has_result ? words[3] : now == "active" ? "success" : state.result;
    state.load_state = option(words, "load").value_or(state.load_state);
    state.restart = option(words, "restart").value_or(state.restart);
    state.invocation_id = option(words, "run").value_or(state.invocation_id);
    if (const auto delay = option(words, "restart_sec")) {
        state.restart_delay = parse_duration(*delay);
    }
    if (const auto limit = option(words, "start_limit")) {
        const auto slash = std::min(limit->find('/'), limit->size());
        state.start_limit_burst = number_of(limit->substr(0, slash));
        state.start_limit_interval =
            parse_duration(limit->substr(std::min(slash + 1, limit->size())));
    }
    if (const auto restarts = option(words, "restarts")) {
        state.restarts = number_of(*restarts);
    }
    world_.set_unit(std::move(state));
}

// job UNIT ID new TYPE [ours] | job UNIT ID RESULT
void Timeline::job(const Words& words) {
    const std::uint32_t id = number_of(word(words, 2));
    if (word(words, 3) == "new") {
        world_.new_job(words[1], id, word(words, 4), has(words, "ours"));
    } else {
        world_.end_job(words[1], id, words[3]);
    }
}

void Timeline::operate(const Words& words) {
    OperatorEvent command;
    command.ticket = next_ticket_++;
    command.verb = name_from<OperatorVerb>(word(words, 1));
    command.reason = words.back();
    command.uid = 1000;
    const std::string& whom = word(words, 2);
    if (command.verb == OperatorVerb::acknowledge) {
        command.incident = number_of(whom);
    } else if (command.verb == OperatorVerb::rollback || command.verb == OperatorVerb::label) {
        command.action =
            whom.starts_with('#') ? world_.action_with(number_of(whom.substr(1))) : whom;
    } else if (command.verb == OperatorVerb::mark || command.verb == OperatorVerb::note) {
        command.provider = whom;
        command.candidate = word(words, 3);
    } else {
        command.target = whom == "all" ? "" : whom;
    }
    if (command.verb == OperatorVerb::force) {
        command.level = name_from<Level>(word(words, 3));
    } else if (command.verb == OperatorVerb::label) {
        command.label = name_from<ActionLabel>(word(words, 3));
    }
    if (command.verb == OperatorVerb::mark) {
        command.state = name_from<CandidateState>(word(words, 4));
        command.length = parse_duration(word(words, 5));
    }
    if (command.verb == OperatorVerb::hold || command.verb == OperatorVerb::disable) {
        command.length = parse_duration(word(words, 3));
    }
    world_.send(std::move(command));
}

void Timeline::restart(const Words& words) {
    RestartOptions options;
    options.down = parse_duration(option(words, "down").value_or("0s"));
    options.next_boot = has(words, "next_boot");
    options.synchronised = !has(words, "unsynchronised");
    world_.restart(options);
}

void Timeline::ledger(const Words& words) {
    const std::string& how = word(words, 1);
    if (how == "healthy" || how == "unhealthy") {
        world_.set_ledger_healthy(how == "healthy", words.size() > 2 ? words[2] : "");
    } else if (how == "commits") {
        world_.set_commits(World::Commits::at_once);
    } else if (how == "refuses") {
        world_.set_commits(World::Commits::refused);
    } else if (how == "hangs") {
        world_.set_commits(World::Commits::never);
    } else {
        refuse("a ledger is healthy or unhealthy, and commits, refuses or hangs");
    }
}

}  // namespace primum::support
