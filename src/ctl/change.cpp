// SPDX-License-Identifier: MIT
#include "ctl/change.hpp"

#include "ctl/direct_rollback.hpp"
#include "ctl/look.hpp"
#include "ctl/render.hpp"
#include "ctl/switches.hpp"
#include "ctl/text.hpp"
#include "ctl/time_text.hpp"
#include "event/json_writer.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace primum::ctl {
namespace {

// A password may be asked for; polkit gives up after two minutes.
constexpr Duration interactive_timeout{std::chrono::seconds{150}};
// Longer than any rollback that goes well; the actuator goes on without being watched.
constexpr Duration rollback_within{std::chrono::minutes{5}};
constexpr Duration look_again{std::chrono::milliseconds{500}};

Request request_of(const Command& command) {
    const std::string& target = command.target;
    const auto usec = static_cast<std::uint64_t>(command.length.count());
    Request request;
    request.timeout = interactive_timeout;
    request.interactive = true;
    const auto set = [&](const char* method, decltype(request.arguments) arguments) {
        request.method = method;
        request.arguments = std::move(arguments);
    };
    switch (command.verb) {
        case Verb::hold:
            set("Hold", {target, usec, command.reason});
            break;
        case Verb::release:
            set("Release", {target, command.reason});
            break;
        case Verb::disable:
            set("Disable", {target, usec, command.reason});
            break;
        case Verb::enable:
            set("Enable", {target, command.reason});
            break;
        case Verb::force:
            set("Force", {target, command.level, command.reason});
            break;
        case Verb::acknowledge:
            set("Acknowledge", {command.incident, command.reason});
            break;
        case Verb::rollback:
            set("Rollback", {command.action, command.reason});
            break;
        case Verb::label:
            set("Label", {command.action, command.label, command.reason});
            break;
        case Verb::mark_provider:
            set("MarkProvider",
                {command.provider, command.candidate, command.state, usec, command.reason});
            break;
        case Verb::note_provider:
            set("NoteProvider", {command.provider, command.candidate, command.reason});
            break;
        case Verb::reset_breaker:
            set("ResetBreaker", {target, command.reason});
            break;
        default:
            set("Reload",
                {command.reason.empty() ? std::string{"primumctl reload"} : command.reason});
            break;
    }
    return request;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// The command with what was said in words put into numbers: --until as a length, a number of an
// action as its id.
Result<Command, Exit> settled(Command command, Surroundings& world) {
    if (!command.until.empty()) {
        const WallTime now = world.clock.now().wall;
        const auto until = parse_time(command.until, now, Direction::future);
        if (!until.has_value() || *until <= now) {
            return fail(tell_problem(
                fmt::format("--until \"{}\" is no time to come; write 06:00, or 2026-11-22 06:00",
                            command.until),
                Exit::usage,
                command.json,
                world));
        }
        command.length = *until - now;
    }
    if (is_number(command.action)) {
        const auto found = find_action(command.action, command.json, world);
        if (!found.has_value()) {
            return fail(found.error());
        }
        command.action = row_of(*found).at("action.id").text();
    }
    return command;
}

// How often the way back of an action was taken to its end so far, and how the last one ended.
struct WayBackEnds {
    std::uint64_t count = 0;
    std::string state;
    std::string reason;
    std::string detail;
};

WayBackEnds ends_in(const Document& story, const std::string& action) {
    WayBackEnds ends;
    for (const Json& step : story.root().at("story.transitions").items()) {
        const std::string state = step["state"].text();
        const bool is_end = state == name_of(ActionState::rolled_back) ||
                            state == name_of(ActionState::rollback_failed);
        if (is_end && step["action"].text() == action) {
            ends = {ends.count + 1, state, step["reason"].text(), step["detail"].text()};
        }
    }
    return ends;
}

// What is known before the rollback is asked for; nullopt where the ledger does not say: then
// nothing can be waited for.
struct Waiting {
    std::uint64_t incident = 0;
    std::uint64_t ends = 0;
};

std::optional<Waiting> before_rollback(const std::string& action, Surroundings& world) {
    const auto sequence = sequence_of(action);
    if (!sequence.has_value()) {
        return std::nullopt;
    }
    const auto rows = glance({"Actions", {1U, *sequence + 1}, switch_timeout}, world);
    if (!rows || row_of(*rows).at("action.id").text() != action) {
        return std::nullopt;
    }
    const auto incident = static_cast<std::uint64_t>(row_of(*rows).at("action.incident").number());
    const auto story = glance({"Incident", {incident}, switch_timeout}, world);
    if (!story || !world.client.listen()) {
        return std::nullopt;
    }
    return Waiting{incident, ends_in(*story, action).count};
}

Exit tell_end(const std::string& action,
              const WayBackEnds& ends,
              const Command& command,
              Surroundings& world) {
    const bool done = ends.state == name_of(ActionState::rolled_back);
    const std::string& detail = ends.detail.empty() ? ends.reason : ends.detail;
    if (command.json) {
        std::string json;
        event::JsonWriter writer{json};
        writer.begin_object();
        writer.key("v");
        writer.value(1);
        writer.key("ok");
        writer.value(done);
        writer.key("action");
        writer.value(action);
        writer.key("state");
        writer.value(ends.state);
        writer.key("reason");
        writer.value(ends.reason);
        writer.key("message");
        writer.value(detail);
        writer.end_object();
        world.out << json << "\n";
    }
    const std::string text = fmt::format("action {} {}{}{}\n",
                                         action,
                                         done ? "is rolled back" : "could NOT be rolled back",
                                         detail.empty() ? "" : ": ",
                                         printable(detail, true));
    if (!done) {
        world.err << "primumctl: " << text;
    } else if (!command.json) {
        world.out << text;
    }
    return done ? Exit::ok : Exit::breach;
}

// Waits until the rollback has come to its end and says how.
Exit await_rollback(const Waiting& waiting, const Command& command, Surroundings& world) {
    const std::string& action = command.action;
    const Instant since = world.clock.now().t;
    while (world.clock.now().t - since < rollback_within) {
        const auto story = ask({"Incident", {waiting.incident}}, command.json, world);
        if (!story.has_value()) {
            return story.error();
        }
        if (const WayBackEnds ends = ends_in(*story, action); ends.count > waiting.ends) {
            return tell_end(action, ends, command, world);
        }
        if (const auto waited = world.client.next_signal(look_again); !waited.has_value()) {
            return tell_failure(waited.error(), command.json, world);
        }
    }
    return tell_problem("the rollback goes on; look again with primumctl actions show " + action,
                        Exit::temporary,
                        command.json,
                        world);
}

}  // namespace

Exit change(const Command& said, Surroundings& world) {
    const bool rolls_back = said.verb == Verb::rollback;
    const bool direct = rolls_back && world.uid == 0;
    const auto meant =
        direct && !is_number(said.action) ? Result<Command, Exit>{said} : settled(said, world);
    if (!meant.has_value()) {
        return meant.error();
    }
    const Command& command = *meant;
    Request request = request_of(command);
    if (command.target.empty() && command.verb == Verb::disable) {
        return switch_off(request, command, world);
    }
    if (command.target.empty() && command.verb == Verb::enable) {
        return switch_on(request, command, world);
    }
    if (direct) {
        request.timeout = switch_timeout;
    }
    const auto waiting =
        rolls_back && command.wait ? before_rollback(command.action, world) : std::nullopt;
    const auto reply = world.client.call(request);
    if (!reply.has_value()) {
        return direct && reply.error().kind != CallFailure::Kind::refused
                   ? roll_back_directly(reply.error(), command, world)
                   : tell_failure(reply.error(), command.json, world);
    }
    if (waiting.has_value()) {
        return await_rollback(*waiting, command, world);
    }
    world.out << (command.json ? reply_json(*reply) : printable(reply->text, true) + "\n");
    return Exit::ok;
}

}  // namespace primum::ctl
