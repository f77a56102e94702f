// SPDX-License-Identifier: MIT
#include "actuator/ports.hpp"

#include "remedy/pointer.hpp"
#include "remedy/probe.hpp"

#include <utility>

namespace primum::actuator {

Ports make_ports(const remedy::Tools& tools) {
    Ports ports;
    ports.facts = [&manager = tools.manager](const std::string& unit, Ports::FactsDone done) {
        manager.facts(unit, std::move(done));
    };
    ports.stopped_with = [&manager = tools.manager](
                             const std::string& unit, std::uint32_t most, Ports::UnitsDone done) {
        manager.stopped_with(unit, most, std::move(done));
    };
    ports.execute = [tools](remedy::Order order) {
        return remedy::make_execution(tools, std::move(order));
    };
    ports.roll_back = [tools](remedy::WayBackRecord way_back) {
        return remedy::make_rollback(tools, std::move(way_back));
    };
    ports.take_back_preparation = [tools](const remedy::Order& order) {
        remedy::take_back_preparation(tools, order);
    };
    ports.judge_left = [tools](const remedy::Order& order,
                               const remedy::WayBackRecord& way_back,
                               const systemd::UnitFacts& unit,
                               Ports::ReportDone done) {
        remedy::judge_left(tools, order, way_back, unit, std::move(done));
    };
    ports.pointer = [&snapshots = tools.snapshots](const ProviderRule& provider) {
        auto reading = remedy::read_pointer(provider, snapshots.policy());
        ProviderEvent event;
        event.provider = provider.name;
        if (reading) {
            event.candidate = std::move(reading->candidate);
            event.detail = std::move(reading->detail);
        } else {
            event.detail = std::move(reading.error().message);
        }
        return event;
    };
    ports.probe = [tools](const SourceRule& rule, Ports::ProbeDone done) {
        const auto run = std::make_shared<remedy::ProbeRun>(tools, rule);
        run->start(std::move(done));
        return std::shared_ptr<void>(run);
    };
    ports.notify = [tools](remedy::NotifyOrder order, Ports::NotifyDone done) {
        const auto run = std::make_shared<remedy::NotifyRun>(tools, std::move(order));
        run->start(std::move(done));
        return std::shared_ptr<void>(run);
    };
    ports.identify = [&snapshots = tools.snapshots](const std::string& path) {
        return snapshots.identify(path);
    };
    ports.tidy = [&snapshots = tools.snapshots](const std::string& path) {
        return snapshots.tidy(path);
    };
    ports.collect = [&snapshots = tools.snapshots](const std::set<std::string>& needed) {
        return snapshots.collect(needed);
    };
    return ports;
}

}  // namespace primum::actuator
