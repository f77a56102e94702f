// SPDX-License-Identifier: MIT
#include "source/pressure.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace primum::source {
namespace {

constexpr double microsecond = 1e-6;
constexpr double percent = 1e-2;

std::string text_of(int error) {
    std::array<char, 128> buffer{};
    return strerror_r(error, buffer.data(), buffer.size());
}

std::optional<double> value_of(std::string_view line, std::string_view key) {
    const auto at = line.find(key);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const auto text = line.substr(at + key.size());
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} ? std::optional{value} : std::nullopt;
}

std::string labels_of(std::string_view resource, std::string_view share) {
    return fmt::format("{{resource=\"{}\",share=\"{}\"}}", resource, share);
}

std::string_view share_of(const PressureTrigger& trigger) {
    return trigger.full ? "full" : "some";
}

}  // namespace

std::vector<Measured> read_pressure_file(std::string_view resource, std::string_view text) {
    std::vector<Measured> measured;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto share = line.substr(0, line.find(' '));
        const auto total = value_of(line, " total=");
        const auto avg10 = value_of(line, " avg10=");
        const auto avg60 = value_of(line, " avg60=");
        const auto avg300 = value_of(line, " avg300=");
        if ((share != "some" && share != "full") || !total || !avg10 || !avg60 || !avg300) {
            return {};
        }
        const auto labels = labels_of(resource, share);
        measured.push_back({"pressure_stall_seconds_total" + labels, *total * microsecond});
        measured.push_back({"pressure_avg10_ratio" + labels, *avg10 * percent});
        measured.push_back({"pressure_avg60_ratio" + labels, *avg60 * percent});
        measured.push_back({"pressure_avg300_ratio" + labels, *avg300 * percent});
    }
    return measured;
}

PressureSource::PressureSource(const Tools& tools,
                               const SourceRule& rule,
                               SeriesId first_id,
                               FindControlGroup find,
                               PressurePlaces places)
    : UnitCgroupSource(
          tools, rule, first_id, std::move(find), std::get<PressurePlan>(rule.plan).unit),
      places_(std::move(places)),
      plan_(std::get<PressurePlan>(rule.plan)) {
    for (const auto& trigger : plan_.triggers) {
        triggers_.emplace_back().rule = trigger;
    }
    if (plan_.unit.empty()) {
        directory_ = places_.host;
    }
}

PressureSource::~PressureSource() {
    for (auto& trigger : triggers_) {
        disarm(trigger);
    }
}

void PressureSource::attempt(Duration timeout) {
    const bool known = !directory_.empty() && ::access(directory_.c_str(), F_OK) == 0;
    if (unit().empty() || known) {
        static_cast<void>(look());
        return;
    }
    directory_.clear();
    ask(timeout);
}

void PressureSource::found(const std::string& path) {
    for (auto& trigger : triggers_) {
        disarm(trigger);  // of a group that is gone
    }
    if (path.empty()) {
        does_not_run();
        return;
    }
    const bool unified = ::access((places_.cgroups + "/cgroup.controllers").c_str(), F_OK) == 0;
    directory_ = places_.cgroups + (unified ? "" : "/unified") + path;
    suffix_ = ".pressure";
    static_cast<void>(look());
}

bool PressureSource::look() {
    for (auto& trigger : triggers_) {
        if (trigger.fd < 0) {
            arm(trigger);
        }
    }
    auto [measured, error] = read_all();
    if (measured.empty()) {
        const bool missing = error == ENOENT || error == EOPNOTSUPP || error == ENODEV;
        const bool denied = error == EACCES || error == EPERM;
        missed(missing      ? SourceFailure::missing
               : denied     ? SourceFailure::denied
               : error != 0 ? SourceFailure::other
                            : SourceFailure::parse,
               missing ? directory_ + ": this kernel keeps no pressure stall information here"
                       : directory_ + ": " + (error != 0 ? text_of(error) : "unreadable"));
        return false;
    }
    put_triggers(measured);
    figures().note = how_it_is_read();
    collected();
    return succeed_with(measured);
}

std::string PressureSource::path_of(PressureResource resource) const {
    return fmt::format("{}/{}{}", directory_, name_of(resource), suffix_);
}

// What there is of the three; and why not, when there is none.
std::pair<std::vector<Measured>, int> PressureSource::read_all() {
    std::vector<Measured> measured;
    int error = 0;
    for (const auto name : enum_names<PressureResource>) {
        const auto text = read_kernel_file(path_of(*from_name<PressureResource>(name)), &error);
        figures().bytes += text.size();
        for (auto& one : read_pressure_file(name, text)) {
            measured.push_back(std::move(one));
        }
    }
    return {std::move(measured), error};
}

void PressureSource::put_triggers(std::vector<Measured>& measured) const {
    for (const auto& trigger : triggers_) {
        if (trigger.fd >= 0) {
            measured.push_back({"pressure_trigger_total" + labels_of(name_of(trigger.rule.resource),
                                                                     share_of(trigger.rule)),
                                static_cast<double>(trigger.times)});
        }
    }
}

void PressureSource::arm(Trigger& trigger) {
    const auto path = path_of(trigger.rule.resource);
    trigger.fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    const auto order = fmt::format("{} {} {}",
                                   share_of(trigger.rule),
                                   trigger.rule.stall.count(),
                                   trigger.rule.window.count());
    // With its final zero, as the kernel's own example writes it.
    if (trigger.fd < 0 || ::write(trigger.fd, order.c_str(), order.size() + 1) < 0) {
        trigger.refused = text_of(errno);
        disarm(trigger);
        return;
    }
    trigger.refused.clear();
    trigger.io = loop().on_io(
        trigger.fd, EPOLLPRI, [this, &trigger](std::uint32_t bits) { fired(trigger, bits); });
}

void PressureSource::disarm(Trigger& trigger) {
    trigger.io.reset();
    if (trigger.fd >= 0) {
        ::close(std::exchange(trigger.fd, -1));
    }
}

void PressureSource::fired(Trigger& trigger, std::uint32_t bits) {
    if ((bits & static_cast<std::uint32_t>(EPOLLERR)) != 0) {
        disarm(trigger);  // its control group is gone
        return;
    }
    ++trigger.times;
    auto [measured, error] = read_all();
    put_triggers(measured);
    add(measured);
}

std::string PressureSource::how_it_is_read() const {
    std::string note = "read every interval";
    for (const auto& trigger : triggers_) {
        note += fmt::format("; {} {}: {}",
                            name_of(trigger.rule.resource),
                            share_of(trigger.rule),
                            trigger.fd >= 0 ? "told by the kernel at once"
                                            : "the kernel takes no trigger: " + trigger.refused);
    }
    return note;
}

std::unique_ptr<Source> make_pressure(const Tools& tools,
                                      const SourceRule& rule,
                                      SeriesId first_id) {
    return std::make_unique<PressureSource>(
        tools, rule, first_id, ask_control_group(tools.manager), PressurePlaces{});
}

}  // namespace primum::source
