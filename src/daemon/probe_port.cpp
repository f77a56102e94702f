// SPDX-License-Identifier: MIT
#include "daemon/probe_port.hpp"

#include <primum/names.hpp>

#include <string>

namespace primum::daemon {

source::ProbeEnd probe_end(const remedy::ProbeReply& reply) {
    using How = source::ProbeEnd::How;
    source::ProbeEnd end;
    end.detail = reply.detail;
    if (reply.code != Refusal::none) {
        end.how = How::not_run;
        end.detail = std::string{name_of(reply.code)} + ": " + reply.detail;
        return end;
    }
    end.how = reply.timed_out ? How::timeout : How::ended;
    end.exit_code = reply.exit_code;
    end.output = reply.output;
    end.cut = reply.cut;
    return end;
}

source::RunProbe probe_port(remedy::ActuatorClient& actuator) {
    return [&actuator](const std::string& source,
                       const std::function<void(const source::ProbeEnd&)>& done) {
        actuator.probe(source, [done](const remedy::ProbeReply& reply) { done(probe_end(reply)); });
    };
}

}  // namespace primum::daemon
