// SPDX-License-Identifier: MIT
#include "source/cgroup.hpp"

#include <charconv>
#include <optional>
#include <utility>
#include <variant>

#include <unistd.h>

namespace primum::source {
namespace {

// Kernel documentation, admin-guide/cgroup-v2.rst and cgroup-v1/*.rst. "No limit" of version 1 is
// the largest number of whole pages.
constexpr double no_limit_v1 = 9.2e18;
constexpr double microsecond = 1e-6;
constexpr double nanosecond = 1e-9;

std::optional<double> number_of(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && at == end ? std::optional{static_cast<double>(value)}
                                             : std::nullopt;
}

// The value of `key` in lines "key value".
std::optional<double> entry_of(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ' ') {
            return number_of(line.substr(key.size() + 1));
        }
    }
    return std::nullopt;
}

class Look {
public:
    explicit Look(CgroupSight& sight) : sight_(sight) {}

    void directory(std::string path) { directory_ = std::move(path); }
    [[nodiscard]] std::optional<double> number(const char* file) const {
        return number_of(read_kernel_file(directory_ + "/" + file));
    }
    [[nodiscard]] std::string text(const char* file) const {
        return read_kernel_file(directory_ + "/" + file);
    }
    void put(std::string_view series, std::optional<double> value, double factor = 1) {
        if (value) {
            sight_.measured.push_back({std::string{series}, *value * factor});
        }
    }
    // What of `events` the text has, as cgroup_memory_events_total.
    void put_events(std::string_view text, std::initializer_list<std::string_view> events) {
        for (const auto event : events) {
            put("cgroup_memory_events_total{event=\"" + std::string{event} + "\"}",
                entry_of(text, event));
        }
    }
    void put_memory(std::optional<double> current, std::optional<double> most) {
        put("cgroup_memory_current_bytes", current);
        put("cgroup_memory_max_bytes", most);
        if (current && most && *most > 0) {
            put("cgroup_memory_used_ratio", *current / *most);
        }
        absent("memory", !current);
    }
    void put_tasks() {
        const auto tasks = number("pids.current");
        put("cgroup_pids_current", tasks);
        put("cgroup_pids_max", number("pids.max"));
        absent("pids", !tasks);
    }
    void absent(std::string_view controller, bool is_absent) {
        if (is_absent) {
            sight_.note += sight_.note.ends_with("not counted:") ? " " : ", ";
            sight_.note += controller;
            any_absent_ = true;
        }
    }
    [[nodiscard]] bool any_absent() const { return any_absent_; }

private:
    CgroupSight& sight_;
    std::string directory_;
    bool any_absent_ = false;
};

void look_at_v2(Look& look, const std::string& directory) {
    look.directory(directory);
    look.put_memory(look.number("memory.current"), look.number("memory.max"));
    look.put("cgroup_memory_peak_bytes", look.number("memory.peak"));
    look.put_events(look.text("memory.events"), {"low", "high", "max", "oom", "oom_kill"});
    const auto cpu = look.text("cpu.stat");
    const auto usage = entry_of(cpu, "usage_usec");
    look.put("cgroup_cpu_usage_seconds_total", usage, microsecond);
    look.put("cgroup_cpu_periods_total", entry_of(cpu, "nr_periods"));
    look.put("cgroup_cpu_throttled_periods_total", entry_of(cpu, "nr_throttled"));
    look.put("cgroup_cpu_throttled_seconds_total", entry_of(cpu, "throttled_usec"), microsecond);
    look.absent("cpu", !usage);
    look.put_tasks();
}

void look_at_v1(Look& look, const std::string& root, const std::string& path) {
    look.directory(root + "/memory" + path);
    auto most = look.number("memory.limit_in_bytes");
    if (most && *most > no_limit_v1) {
        most.reset();
    }
    look.put_memory(look.number("memory.usage_in_bytes"), most);
    look.put("cgroup_memory_peak_bytes", look.number("memory.max_usage_in_bytes"));
    look.put_events(look.text("memory.oom_control"), {"oom_kill"});
    look.directory(root + "/cpuacct" + path);
    auto usage = look.number("cpuacct.usage");
    if (usage) {
        *usage *= nanosecond;
    } else {
        // Beside version 1 ("hybrid") version 2 has no controller, and counts CPU time all the
        // same.
        look.directory(root + "/unified" + path);
        usage = entry_of(look.text("cpu.stat"), "usage_usec");
        if (usage) {
            *usage *= microsecond;
        }
    }
    look.put("cgroup_cpu_usage_seconds_total", usage);
    look.absent("cpu", !usage);
    look.directory(root + "/cpu" + path);
    const auto cpu = look.text("cpu.stat");
    look.put("cgroup_cpu_periods_total", entry_of(cpu, "nr_periods"));
    look.put("cgroup_cpu_throttled_periods_total", entry_of(cpu, "nr_throttled"));
    look.put("cgroup_cpu_throttled_seconds_total", entry_of(cpu, "throttled_time"), nanosecond);
    look.directory(root + "/pids" + path);
    look.put_tasks();
}

bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

CgroupSight look_at_cgroup(const std::string& root, const std::string& path) {
    CgroupSight sight;
    Look look{sight};
    const bool unified = exists(root + "/cgroup.controllers");
    sight.note = unified ? "version 2; not counted:" : "version 1; not counted:";
    sight.there = exists(root + (unified ? "" : "/systemd") + path);
    if (!sight.there) {
        return sight;
    }
    if (unified) {
        look_at_v2(look, root + path);
    } else {
        look_at_v1(look, root, path);
    }
    if (!look.any_absent()) {
        sight.note = sight.note.substr(0, sight.note.find(';'));
    }
    return sight;
}

CgroupSource::CgroupSource(const Tools& tools,
                           const SourceRule& rule,
                           SeriesId first_id,
                           FindControlGroup find,
                           std::string root)
    : UnitCgroupSource(
          tools, rule, first_id, std::move(find), std::get<CgroupPlan>(rule.plan).unit),
      root_(std::move(root)) {}

void CgroupSource::attempt(Duration timeout) {
    if (path_.empty() || !look()) {
        path_.clear();
        ask(timeout);
    }
}

void CgroupSource::found(const std::string& path) {
    path_ = path;
    if (path_.empty() || !look()) {
        path_.clear();
        does_not_run();
    }
}

// False: the group is not there (any more).
bool CgroupSource::look() {
    auto sight = look_at_cgroup(root_, path_);
    if (!sight.there) {
        return false;
    }
    figures().note = std::move(sight.note);
    collected();
    succeed_with(sight.measured);
    return true;
}

std::unique_ptr<Source> make_cgroup(const Tools& tools, const SourceRule& rule, SeriesId first_id) {
    return std::make_unique<CgroupSource>(
        tools, rule, first_id, ask_control_group(tools.manager), std::string{cgroup_root});
}

}  // namespace primum::source
