// SPDX-License-Identifier: MIT
#pragma once

#include <primum/effect.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace primum::support {

// To which targets and levels something applies; empty means all.
struct Scope {
    std::string target;
    std::optional<Level> level;

    [[nodiscard]] bool covers(const std::string& of_target, Level of_level) const {
        return (target.empty() || target == of_target) && (!level || *level == of_level);
    }
};

// How the simulated actuator answers a preflight.
struct PreflightAnswer {
    Scope scope;
    bool silent = false;
    Duration after{0};
    Preflight answer = Preflight::can;
    Refusal code = Refusal::none;
    std::vector<std::string> blast_radius;
};

// How a simulated action goes.
enum class Course : std::uint8_t {
    done,
    failed,
    ambiguous,
    refused,  // finished at once, without an effect
    silent,   // started, and then nothing is heard of it
    mute,     // nothing is heard of it at all
};

struct ActionCourse {
    Scope scope;
    Course course = Course::done;
    Duration takes{0};
    Refusal refusal = Refusal::none;
};

// How the simulated actuator takes a way back.
enum class BackCourse : std::uint8_t {
    done,
    failed,  // `refusal` says why
    silent,  // nothing is heard of it
};

struct UndoCourse {
    Scope scope;
    BackCourse course = BackCourse::done;
    Duration takes{0};
    Refusal refusal = Refusal::none;
};

// What a done action cures.
struct Cure {
    std::string unit;
    Level level = Level::restart;
    // Series that show these values in every later collection, whatever it is told to show.
    std::map<std::string, std::string> series;
};

// What a done action makes worse: these series show these values until it is rolled back.
struct Harm {
    Scope scope;
    std::map<std::string, std::string> series;
};

// Lists of such rules: the latest that applies counts.
template <class T>
const T* latest_for(const std::vector<T>& rules, const std::string& target, Level level) {
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
        if (rule->scope.covers(target, level)) {
            return &*rule;
        }
    }
    return nullptr;
}

}  // namespace primum::support
