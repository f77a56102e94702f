// SPDX-License-Identifier: MIT
#include "systemd/bus.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace primum::systemd {
namespace {

constexpr const char* disconnected_name = "org.primum.Error.Disconnected";
constexpr const char* handler_name = "org.primum.Error.Handler";

// Runs `body` so that nothing leaves it but, at most, an sdbus::Error in the result.
std::optional<sdbus::Error> contained(const std::function<void()>& body) {
    try {
        body();
        return std::nullopt;
    } catch (const sdbus::Error& error) {
        return error;
    } catch (const std::exception& error) {
        return sdbus::Error{handler_name, error.what()};
    }
}

}  // namespace

Bus::Bus(EventLoop& loop, const Clock& clock, BusOptions options)
    : loop_(loop), clock_(clock), options_(options), retry_(options.first_retry) {}

Bus::~Bus() {
    // Slots and proxies go before the connection they belong to.
    pending_.clear();
    answered_.clear();
}

void Bus::start() {
    connect();
}

std::shared_ptr<void> Bus::listen(Listener listener) {
    auto kept = std::make_shared<Listener>(std::move(listener));
    listeners_.emplace_back(kept);
    if (connection_ != nullptr && kept->up) {
        const auto error = contained([&] { kept->up(*connection_); });
        if (error.has_value()) {
            failures_ = loop_.soon([this, why = error->getMessage()] { lost(why); });
        }
    }
    return kept;
}

std::function<void(sdbus::Message&)> Bus::guarded(std::function<void(sdbus::Message&)> handler) {
    return [handler = std::move(handler)](sdbus::Message& message) {
        // A signal that cannot be read tells nothing; there is nobody to answer.
        static_cast<void>(contained([&] { handler(message); }));
    };
}

void Bus::send(const CallTarget& target,
               const std::function<void(sdbus::MethodCall&)>& fill,
               ReplyHandler reply) {
    const std::uint64_t id = next_call_++;
    auto& pending = pending_[id];
    pending.reply = std::move(reply);
    if (connection_ == nullptr) {
        fail_later(id, sdbus::Error{disconnected_name, "there is no connection to the bus"});
        return;
    }
    const auto error = contained([&] {
        pending.proxy = sdbus::createProxy(*connection_, target.destination, target.path);
        auto message = pending.proxy->createMethodCall(target.interface, target.member);
        fill(message);
        pending.proxy->callMethod(
            message,
            [this, id](sdbus::MethodReply& answered, const sdbus::Error* failed) {
                answer(id, failed == nullptr ? &answered : nullptr, failed);
            },
            static_cast<std::uint64_t>(target.timeout.count()));
    });
    if (error.has_value()) {
        fail_later(id, *error);
    }
}

void Bus::answer(std::uint64_t id, sdbus::MethodReply* reply, const sdbus::Error* error) {
    auto node = pending_.extract(id);
    if (node.empty()) {
        return;
    }
    // The proxy must outlive this callback, which it is calling.
    answered_.push_back(std::move(node.mapped().proxy));
    const auto& handler = node.mapped().reply;
    const auto thrown = contained([&] { handler(reply, error); });
    if (thrown.has_value() && reply != nullptr) {
        static_cast<void>(contained([&] { handler(nullptr, &*thrown); }));
    }
}

void Bus::fail_later(std::uint64_t id, const sdbus::Error& error) {
    failed_.emplace_back(id, error);
    if (failed_.size() > 1) {
        return;
    }
    failures_ = loop_.soon([this] {
        const auto failed = std::exchange(failed_, {});
        for (const auto& [call, why] : failed) {
            answer(call, nullptr, &why);
        }
        answered_.clear();
    });
}

void Bus::connect() {
    const auto error = contained([&] { connection_ = sdbus::createSystemBusConnection(); });
    if (error.has_value()) {
        lost(error->getMessage());
        return;
    }
    prepare_ = loop_.before_poll([this] {
        pump();
        arm();
    });
    const auto listeners = listeners_;  // a listener may listen for more
    for (const auto& weak : listeners) {
        const auto listener = weak.lock();
        if (listener == nullptr || !listener->up) {
            continue;
        }
        const auto refused = contained([&] { listener->up(*connection_); });
        if (refused.has_value()) {
            lost(refused->getMessage());
            return;
        }
    }
    retry_ = options_.first_retry;
}

void Bus::pump() {
    if (connection_ == nullptr) {
        return;
    }
    const Instant turn_ends = clock_.now().t + options_.longest_turn;
    const auto error = contained([&] {
        for (std::uint32_t taken = 0; taken < options_.messages_per_turn; ++taken) {
            if (!connection_->processPendingRequest() || clock_.now().t >= turn_ends) {
                break;
            }
        }
    });
    answered_.clear();
    if (error.has_value()) {
        lost(error->getMessage());
    }
}

void Bus::arm() {
    if (connection_ == nullptr) {
        return;
    }
    sdbus::IConnection::PollData data{};
    const auto error = contained([&] { data = connection_->getEventLoopPollData(); });
    if (error.has_value()) {
        lost(error->getMessage());
        return;
    }
    const auto events = static_cast<std::uint32_t>(data.events);
    if (data.fd != armed_fd_ || events != armed_events_) {
        io_.reset();  // a descriptor is registered once at a time
        io_ = loop_.on_io(data.fd, events, [this](std::uint32_t) { pump(); });
        armed_fd_ = data.fd;
        armed_events_ = events;
    }
    if (data.timeout_usec != armed_timeout_us_) {
        armed_timeout_us_ = data.timeout_usec;
        timer_.reset();
        if (data.timeout_usec != UINT64_MAX) {
            const auto at = instant_from_us(
                static_cast<std::int64_t>(std::min<std::uint64_t>(data.timeout_usec, INT64_MAX)));
            timer_ = loop_.at(at, [this] {
                armed_timeout_us_ = UINT64_MAX;
                pump();
            });
        }
    }
}

void Bus::lost(const std::string& why) {
    prepare_.reset();
    io_.reset();
    timer_.reset();
    armed_fd_ = -1;
    armed_events_ = 0;
    armed_timeout_us_ = UINT64_MAX;

    const auto listeners = listeners_;
    listeners_.remove_if([](const auto& weak) { return weak.expired(); });
    for (const auto& weak : listeners) {
        const auto listener = weak.lock();
        if (listener != nullptr && listener->down) {
            static_cast<void>(contained([&] { listener->down(why); }));
        }
    }
    auto orphans = std::exchange(pending_, {});
    failed_.clear();
    answered_.clear();
    for (auto& [id, pending] : orphans) {
        pending.proxy.reset();
    }
    connection_.reset();
    const sdbus::Error error{disconnected_name, why};
    for (auto& [id, pending] : orphans) {
        static_cast<void>(contained([&] { pending.reply(nullptr, &error); }));
    }
    reconnect_ = loop_.at(clock_.now().t + retry_, [this] { connect(); });
    retry_ = std::min(retry_ * 2, options_.max_retry);
}

}  // namespace primum::systemd
