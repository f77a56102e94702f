// SPDX-License-Identifier: MIT
#include "source/unit_cgroup.hpp"

#include "systemd/manager.hpp"
#include "systemd/properties.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace primum::source {
namespace {

using systemd::ManagerResult;

// "org.freedesktop.systemd1.Service" for a name that ends in ".service".
std::string interface_of(const std::string& unit) {
    auto type = unit.substr(unit.rfind('.') + 1);
    if (!type.empty()) {
        type[0] = static_cast<char>(type[0] - 'a' + 'A');
    }
    return "org.freedesktop.systemd1." + type;
}

ControlGroup failed(SourceFailure failure, std::string detail) {
    return {failure, std::move(detail), {}};
}

}  // namespace

FindControlGroup ask_control_group(systemd::Manager* manager) {
    return [manager](const std::string& unit, std::function<void(const ControlGroup&)> done) {
        if (manager == nullptr) {
            done(failed(SourceFailure::bus, "there is no system bus"));
            return;
        }
        manager->facts(unit, [manager, unit, done](const ManagerResult<systemd::UnitFacts>& facts) {
            if (!facts.has_value()) {
                done(failed(SourceFailure::bus, facts.error().message));
                return;
            }
            if (facts->load_state == "not-found") {
                done(failed(SourceFailure::missing, "systemd knows no unit " + unit));
                return;
            }
            manager->properties(
                unit,
                interface_of(unit),
                [done](const ManagerResult<systemd::PropertyMap>& properties) {
                    if (!properties.has_value()) {
                        done(failed(SourceFailure::bus, properties.error().message));
                        return;
                    }
                    done({SourceFailure::none,
                          {},
                          systemd::text_of(*properties, "ControlGroup").value_or("")});
                });
        });
    };
}

UnitCgroupSource::UnitCgroupSource(
    const Tools& tools, SourceRule rule, SeriesId first_id, FindControlGroup find, std::string unit)
    : PolledSource(tools.loop, tools.clock, std::move(rule), first_id, tools.emit),
      find_(std::move(find)),
      unit_(std::move(unit)) {}

void UnitCgroupSource::ask(Duration timeout) {
    if (asked_ != nullptr) {
        missed(SourceFailure::bus, "systemd has not answered an earlier question yet");
        return;
    }
    asked_ = std::make_shared<bool>(true);
    deadline_ = loop().at(now() + timeout, [this] {
        *asked_ = false;
        missed(SourceFailure::bus, "systemd has not answered in time");
    });
    find_(unit_, [this, alive = std::weak_ptr{asked_}](const ControlGroup& group) {
        if (const auto waits = alive.lock()) {
            asked_.reset();
            if (*waits) {
                deadline_.reset();
                answered(group);
            }
        }
    });
}

void UnitCgroupSource::answered(const ControlGroup& group) {
    if (group.failure != SourceFailure::none) {
        missed(group.failure, group.detail);
        return;
    }
    found(group.path);
}

void UnitCgroupSource::does_not_run() {
    figures().note = unit_ + " does not run";
    collected();
    succeed_with({});
}

std::string read_kernel_file(const std::string& path, int* error) {
    std::array<char, 4'096> buffer;  // NOLINT(*-member-init): filled by read()
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const auto size = fd >= 0 ? ::read(fd, buffer.data(), buffer.size()) : -1;
    if (error != nullptr) {
        *error = size < 0 ? errno : 0;
    }
    if (fd >= 0) {
        ::close(fd);
    }
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace primum::source
