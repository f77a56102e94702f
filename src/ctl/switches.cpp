// SPDX-License-Identifier: MIT
#include "ctl/switches.hpp"

#include "ctl/text.hpp"
#include "event/json_writer.hpp"

#include <fmt/format.h>

namespace primum::ctl {
namespace {

Exit failed(const CallFailure& failure, const Command& command, Surroundings& world) {
    if (command.json) {
        world.out << failure_json(failure);
    }
    world.err << "primumctl: " << advice(failure) << "\n";
    return exit_of(failure);
}

Exit failed_file(const std::string& why, const Command& command, Surroundings& world) {
    const CallFailure failure{CallFailure::Kind::refused, "org.primum.Error.File", why};
    if (command.json) {
        world.out << failure_json(failure);
    }
    world.err << "primumctl: " << why
              << "; stop primum instead (systemctl stop primumd.service primum-actuator.socket "
                 "primum-actuator.service)\n";
    return Exit::internal;
}

void succeed(const Reply& reply, const Command& command, Surroundings& world) {
    world.out << (command.json ? reply_json(reply) : printable(reply.text, true) + "\n");
}

bool unanswered(const CallFailure& failure) {
    return failure.kind != CallFailure::Kind::refused;
}

}  // namespace

Exit switch_off(Request request, const Command& command, Surroundings& world) {
    const bool root = world.uid == 0;
    if (root) {
        request.timeout = switch_timeout;
    }
    const auto reply = world.client.call(request);
    if (reply.has_value()) {
        succeed(*reply, command, world);
        return Exit::ok;
    }
    if (!root || !unanswered(reply.error())) {
        return failed(reply.error(), command, world);
    }
    const std::string file = world.off_switch.run_file().string();
    const auto set = world.off_switch.set(fmt::format("disabled by uid {} at {}: {}\n",
                                                      world.uid,
                                                      local_time(world.clock.now().wall),
                                                      command.reason));
    if (!set.has_value()) {
        return failed_file(set.error(), command, world);
    }
    succeed({fmt::format("{}, so the file {} was written instead: nothing acts while it is there. "
                         "It has no end of its own: 'primumctl enable' removes it",
                         advice(reply.error()),
                         file),
             std::nullopt},
            command,
            world);
    return Exit::ok;
}

Exit switch_on(Request request, const Command& command, Surroundings& world) {
    const bool root = world.uid == 0;
    bool removed = false;
    if (root) {
        request.timeout = switch_timeout;
        const auto cleared = world.off_switch.clear();
        if (!cleared.has_value()) {
            return failed_file(cleared.error(), command, world);
        }
        removed = *cleared;
    }
    const auto reply = world.client.call(request);
    if (!reply.has_value() && !removed) {
        return failed(reply.error(), command, world);
    }
    std::string text = reply.has_value() ? reply->text : advice(reply.error());
    if (removed) {
        text += fmt::format("; the file {} was removed", world.off_switch.run_file().string());
    }
    for (const auto& file : {world.off_switch.run_file(), world.off_switch.etc_file()}) {
        if (OffSwitch::is_set(file)) {
            return failed(
                {CallFailure::Kind::refused,
                 "org.primum.Error.Disabled",
                 fmt::format(
                     "{}, but {} still keeps primum off: remove it as root", text, file.string())},
                command,
                world);
        }
    }
    succeed({text, std::nullopt}, command, world);
    return Exit::ok;
}

std::string reply_json(const Reply& reply) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("ok");
    writer.value(true);
    writer.key("message");
    writer.value(reply.text);
    if (reply.hold.has_value()) {
        writer.key("hold");
        writer.value(*reply.hold);
    }
    writer.end_object();
    return json + "\n";
}

std::string failure_json(const CallFailure& failure) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("ok");
    writer.value(false);
    writer.key("error");
    writer.value(failure.name);
    writer.key("message");
    writer.value(advice(failure));
    writer.end_object();
    return json + "\n";
}

}  // namespace primum::ctl
