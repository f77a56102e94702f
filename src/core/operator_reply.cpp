// SPDX-License-Identifier: MIT
#include "core/operator_reply.hpp"

#include <utility>

namespace primum::core {

void reply(World& world,
           const OperatorEvent& command,
           bool accepted,
           std::string code,
           std::string message,
           std::uint64_t hold) {
    OperatorRecord record;
    record.at = world.now;
    record.verb = name_of(command.verb);
    record.target = command.target;
    record.incident = command.incident;
    record.uid = command.uid;
    record.reason = command.reason;
    record.accepted = accepted;
    record.message = message;
    record.action = command.action;
    record.level = command.level;
    record.label = command.label;
    record.caller = command.caller;
    world.record(std::move(record));
    world.emit(OperatorReply{command.ticket, accepted, std::move(code), std::move(message), hold});
}

}  // namespace primum::core
