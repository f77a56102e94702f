// SPDX-License-Identifier: MIT
// The lines that say how the actuator answers and what actions do.
#include "support/timeline.hpp"
#include "support/timeline_words.hpp"

#include <utility>

namespace primum::support {

bool Timeline::perform_answer(const Words& words) {
    const std::string& verb = words.front();
    if (verb == "preflight") {
        preflight(words);
    } else if (verb == "action") {
        action(words);
    } else if (verb == "heals") {
        Cure cure;
        cure.unit = word(words, 1);
        const bool leveled = words.size() > 2 && words[2].starts_with("level=");
        cure.level = leveled ? name_from<Level>(words[2].substr(6)) : Level::restart;
        for (auto& [series, value] : values_of(words, leveled ? 3 : 2)) {
            cure.series[series] = value;
        }
        world_.cures.push_back(std::move(cure));
    } else if (verb == "harms") {
        harms(words);
    } else if (verb == "rollback") {
        rollback(words);
    } else if (verb == "news") {
        news(words);
    } else {
        return false;
    }
    return true;
}

// preflight can|silent | preflight not_now|cannot CODE, each [takes=D] [takes_down=A,B] [scope]
void Timeline::preflight(const Words& words) {
    PreflightAnswer how;
    how.scope = scope_of(words);
    how.after = parse_duration(option(words, "takes").value_or("0s"));
    how.silent = word(words, 1) == "silent";
    if (!how.silent) {
        how.answer = name_from<Preflight>(words[1]);
        how.code =
            how.answer == Preflight::can ? Refusal::none : name_from<Refusal>(word(words, 2));
    }
    std::string units = option(words, "takes_down").value_or("");
    while (!units.empty()) {
        const auto comma = std::min(units.find(','), units.size());
        how.blast_radius.push_back(units.substr(0, comma));
        units.erase(0, comma + 1);
    }
    world_.preflights.push_back(std::move(how));
}

// action takes D done|failed|ambiguous|silent|mute [scope] | action refused CODE [scope]
void Timeline::action(const Words& words) {
    ActionCourse how;
    how.scope = scope_of(words);
    if (word(words, 1) == "refused") {
        how.course = Course::refused;
        how.refusal = name_from<Refusal>(word(words, 2));
    } else {
        how.takes = parse_duration(word(words, 2));
        const std::string& end = word(words, 3);
        if (end == "silent" || end == "mute") {
            how.course = end == "silent" ? Course::silent : Course::mute;
        } else {
            const auto result = name_from<ActionResult>(end);
            how.course = result == ActionResult::done     ? Course::done
                         : result == ActionResult::failed ? Course::failed
                                                          : Course::ambiguous;
        }
    }
    world_.courses.push_back(std::move(how));
}

// rollback takes D done|silent [scope] | rollback takes D failed CODE [scope]
void Timeline::rollback(const Words& words) {
    UndoCourse how;
    how.scope = scope_of(words);
    how.takes = parse_duration(word(words, 2));
    const std::string& end = word(words, 3);
    if (end == "failed") {
        how.course = BackCourse::failed;
        how.refusal = name_from<Refusal>(word(words, 4));
    } else if (end == "done" || end == "silent") {
        how.course = end == "done" ? BackCourse::done : BackCourse::silent;
    } else {
        refuse("a rollback takes some time, and is done, failed or silent");
    }
    world_.undos.push_back(std::move(how));
}

// harms LEVEL SERIES=VALUE ... [target=]
void Timeline::harms(const Words& words) {
    Harm harm;
    harm.scope.level = name_from<Level>(word(words, 1));
    const bool targeted = words.size() > 2 && words[2].starts_with("target=");
    harm.scope.target = targeted ? words[2].substr(7) : "";
    for (auto& [series, value] : values_of(words, targeted ? 3 : 2)) {
        harm.series[series] = value;
    }
    world_.harms.push_back(std::move(harm));
}

// news started|finished [RESULT] [CODE]: the actuator speaks of the last action, unasked.
void Timeline::news(const Words& words) {
    ActionEvent event;
    event.action = world_.last_action();
    event.phase = name_from<ActionPhase>(word(words, 1));
    if (words.size() > 2) {
        event.result = name_from<ActionResult>(words[2]);
    }
    if (words.size() > 3) {
        event.refusal = name_from<Refusal>(words[3]);
    }
    world_.send(std::move(event));
}

}  // namespace primum::support
