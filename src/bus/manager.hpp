// SPDX-License-Identifier: MIT
#pragma once

#include "bus/authority.hpp"
#include "bus/call.hpp"
#include "bus/errors.hpp"
#include "bus/objects.hpp"
#include "bus/service.hpp"

#include <primum/event.hpp>

#include <sdbus-c++/sdbus-c++.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace primum::bus {

// The object on the bus, its methods, properties and signals. See Service for the contract.
class Manager final {
public:
    Manager(sdbus::IConnection& connection, Backend& backend, ServiceOptions options);

    void publish();
    void emit(const char* signal, const std::function<void(sdbus::Signal&)>& fill);
    void host_changed();
    [[nodiscard]] Objects& objects() { return objects_; }

    // Runs `work`; whatever it throws becomes an answer.
    static void guarded(const SharedCall& call, const std::function<void()>& work);

    // What the objects of targets and incidents offer, too: the first argument is known already.
    void explain_target(const SharedCall& call, const std::string& target);
    void tell_incident(const SharedCall& call, std::uint64_t id);
    void start_hold(const SharedCall& call, OperatorVerb verb, const std::string& target);
    void end_hold(const SharedCall& call, OperatorVerb verb, const std::string& target);
    void force_level(const SharedCall& call, const std::string& target);
    void acknowledge_incident(const SharedCall& call, std::uint64_t id);

    [[nodiscard]] std::size_t outstanding() const { return waiting_.count(); }
    [[nodiscard]] std::uint64_t signals_lost() const {
        return signals_lost_ + objects_.signals_lost();
    }

private:
    using Handler = void (Manager::*)(const SharedCall&);
    struct Names {
        std::vector<std::string> in;
        std::vector<std::string> out;
    };
    // What is left to do once the caller has been found to be allowed.
    using Authorised = std::function<void(const SharedCall&, const Identity& who)>;

    void add(const char* name, const char* in, const char* out, Names names, Handler handler);
    void add_reads();
    void add_writes();
    void add_properties();

    void status(const SharedCall& call);
    void list_targets(const SharedCall& call);
    void list_targets_after(const SharedCall& call);
    void explain(const SharedCall& call);
    void sources(const SharedCall& call);
    void source(const SharedCall& call);
    void providers(const SharedCall& call);
    void precision(const SharedCall& call);
    void incidents(const SharedCall& call);
    void incident(const SharedCall& call);
    void actions(const SharedCall& call);
    void operator_commands(const SharedCall& call);
    void backup_ledger(const SharedCall& call);
    void hold(const SharedCall& call);
    void disable(const SharedCall& call);
    void release(const SharedCall& call);
    void enable(const SharedCall& call);
    void acknowledge(const SharedCall& call);
    void rollback(const SharedCall& call);
    void reset_breaker(const SharedCall& call);
    void force(const SharedCall& call);
    void label(const SharedCall& call);
    void mark_provider(const SharedCall& call);
    void note_provider(const SharedCall& call);
    void promote(const SharedCall& call);
    void demote(const SharedCall& call);
    void reload(const SharedCall& call);

    void submit(const SharedCall& call, OperatorEvent command, const char* action);
    void submit_promotion(const SharedCall& call,
                          OperatorEvent command,
                          const std::string& level,
                          const char* action);
    void authorise(const SharedCall& call,
                   const std::string& reason,
                   const char* action,
                   Authorised then);
    void run(const SharedCall& call, OperatorEvent command);
    [[nodiscard]] CallError bad_limit() const;
    [[nodiscard]] std::optional<Page> page_of(const SharedCall& call);

    // How the ledger's answer becomes the call's; does nothing once the service is gone.
    template <class T, class Make>
    QueryAnswer<T> answer_with(const SharedCall& call, Make make) {
        return [waiting = std::weak_ptr<Call>{call}, make](Result<T, QueryError> result) {
            const SharedCall kept = waiting.lock();
            if (kept == nullptr) {
                return;
            }
            if (!result.has_value()) {
                kept->refuse(ledger_unavailable(result.error()));
                return;
            }
            guarded(kept, [&] { make(kept, *result); });
        };
    }

    Backend& backend_;
    ServiceOptions options_;
    WaitingCalls waiting_;
    Authority authority_;
    std::unique_ptr<sdbus::IObject> object_;
    Objects objects_;
    Mode told_mode_ = Mode::observe;
    bool told_disabled_ = false;
    std::uint64_t signals_lost_ = 0;
};

}  // namespace primum::bus
