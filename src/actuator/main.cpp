// SPDX-License-Identifier: MIT
#include "actuator/actuator.hpp"
#include "actuator/listen.hpp"
#include "actuator/memory.hpp"
#include "actuator/off_switch.hpp"
#include "actuator/options.hpp"
#include "actuator/peer.hpp"
#include "actuator/ports.hpp"
#include "actuator/rules_cache.hpp"
#include "actuator/server.hpp"
#include "actuator/system_clock.hpp"
#include "remedy/evidence.hpp"
#include "remedy/look.hpp"
#include "remedy/snapshot_store.hpp"
#include "systemd/bus.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/machine.hpp"
#include "systemd/manager.hpp"
#include "systemd/notify.hpp"
#include "telemetry/journal.hpp"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace primum::actuator {
namespace {

constexpr int exit_usage = 64;
constexpr int exit_unavailable = 69;
// What the start needed is given back after so long.
constexpr Duration start_is_over = std::chrono::seconds{2};
constexpr const char* program = "primum-actuator";

telemetry::Entry entry_of(const Note& note) {
    telemetry::Entry entry;
    entry.priority = note.warning ? telemetry::Priority::warning : telemetry::Priority::info;
    entry.kind =
        note.end ? telemetry::MessageKind::action_finished : telemetry::MessageKind::daemon;
    entry.message = note.message;
    entry.target = note.target;
    entry.level = note.level;
    entry.reason = note.reason;
    entry.action = note.action;
    return entry;
}

// Lines for people, where it was not systemd that started this.
bool write_line(const telemetry::Entry& entry) {
    std::string line = std::string(program) + ": " + entry.message;
    for (const auto& [name, value] : {std::pair{" target=", &entry.target},
                                      std::pair{" level=", &entry.level},
                                      std::pair{" reason=", &entry.reason},
                                      std::pair{" action=", &entry.action}}) {
        line += value->empty() ? "" : name + *value;
    }
    return std::fputs((line + '\n').c_str(), stderr) >= 0;
}

std::string own_program() {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

RulesPlaces places_of(const Options& options) {
    RulesPlaces places;
    places.settings = options.settings;
    places.machine = systemd::machine_key();
    places.rules = {options.rules.begin(), options.rules.end()};
    return places;
}

int serve(const Options& options, int listening_fd, std::optional<uid_t> primum_uid) {
    systemd::EventLoop loop;
    const auto quit = [&loop] { loop.quit(0); };
    const auto on_term = loop.on_signal(SIGTERM, quit);
    const auto on_int = loop.on_signal(SIGINT, quit);
    // Only now may there be threads: the signals are blocked.
    telemetry::Journal journal(telemetry::under_journal() ? telemetry::journal_writer(program)
                                                          : telemetry::Writer{write_line});
    const SystemClock clock;
    systemd::Bus bus(loop, clock);
    const auto watching = bus.listen({{}, [&journal](const std::string& why) {
                                          journal.warning("the system bus is gone: " + why);
                                      }});
    systemd::Manager manager(bus);
    remedy::SnapshotStore snapshots(options.state + "/snapshots");
    remedy::EvidenceTaker evidence(
        loop, clock, manager, {options.state + "/evidence", own_program()});
    RulesCache rules(places_of(options));
    auto ports = make_ports({loop, clock, manager, snapshots});
    ports.evidence = [&evidence](const std::string& target,
                                 const std::string& unit,
                                 Duration within,
                                 Ports::EvidenceDone done) {
        evidence.take(target, unit, within, std::move(done));
    };

    std::unique_ptr<Server> server;
    Actuator actuator(loop,
                      clock,
                      std::move(ports),
                      rules,
                      {options.state + "/actuator.db",
                       read_boot_id(),
                       options.off_switch.empty() ? default_off_switch() : options.off_switch,
                       {}},
                      {[&server](std::uint64_t asker, const remedy::Reply& reply) {
                           if (server != nullptr) {
                               server->reply(asker, reply);
                           }
                       },
                       [&journal](const Note& note) { journal.log(entry_of(note)); }});
    bus.start();
    actuator.recover();

    ServerOptions serving;
    serving.peers = {primum_uid, primumd_cgroup_beside(own_cgroup())};
    server = std::make_unique<Server>(
        loop,
        listening_fd,
        ServerHooks{[&actuator](ConnectionId asker, const remedy::Request& request) {
                        actuator.handle(asker, request);
                    },
                    [&journal](const std::string& what) { journal.warning(what); }},
        serving);
    systemd::notify_ready();
    const auto settled = loop.at(clock.now().t + start_is_over, give_back_memory);
    // A job that runs when this ends goes on in systemd; the next run finds out what became of it.
    return loop.run();
}

int run(const std::vector<std::string>& arguments) {
    const auto options = parse_options(arguments);
    if (!options.has_value()) {
        std::fprintf(stderr, "%s: %s\n", program, options.error().message.c_str());
        return exit_usage;
    }
    if (options->help || options->version) {
        const auto text =
            options->help ? usage() : std::string(program) + ' ' + PRIMUM_VERSION + '\n';
        std::fputs(text.c_str(), stdout);
        return 0;
    }
    if (!options->look.empty()) {
        remedy::look_at_unit(options->look, STDOUT_FILENO);
        return 0;
    }
    const auto primum = user_of(options->peer_user);
    const auto listening =
        options->socket.empty()
            ? take_over_socket()
            : listen_at(options->socket,
                        primum.has_value() ? std::optional<gid_t>{primum->gid} : std::nullopt);
    if (!listening.has_value()) {
        std::fprintf(stderr, "%s: %s\n", program, listening.error().message.c_str());
        return exit_unavailable;
    }
    return serve(*options,
                 *listening,
                 primum.has_value() ? std::optional<uid_t>{primum->uid} : std::nullopt);
}

}  // namespace
}  // namespace primum::actuator

int main(int argc, char** argv) {
    return primum::actuator::run({argv + 1, argv + argc});
}
