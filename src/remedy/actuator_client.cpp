// SPDX-License-Identifier: MIT
#include "remedy/actuator_client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::remedy {
namespace {

constexpr std::size_t read_bytes = 16'384;
constexpr int reads_per_turn = 16;

class Descriptor {
public:
    Descriptor() = default;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { reset(); }

    [[nodiscard]] int get() const { return fd_; }
    void reset(int fd = -1) {
        if (fd_ >= 0) {
            ::close(fd_);
        }
        fd_ = fd;
    }

private:
    int fd_ = -1;
};

PreflightEvent unreachable(std::uint64_t ticket, const std::string& why) {
    PreflightEvent event;
    event.ticket = ticket;
    event.answer = Preflight::not_now;
    event.code = Refusal::unreachable;
    event.detail = why;
    return event;
}

ActionEvent not_sent(const std::string& action, const std::string& why) {
    ActionEvent event;
    event.action = action;
    event.phase = ActionPhase::finished;
    event.result = ActionResult::failed;
    event.refusal = Refusal::unreachable;
    event.detail = why;
    return event;
}

std::string execute_frame(const RunAction& effect) {
    ExecuteRequest request;
    request.action = effect.action;
    request.target = effect.target;
    request.level = effect.level;
    request.index = effect.index;
    request.candidate = effect.candidate;
    request.plan_digest = effect.plan_digest;
    request.not_after = effect.not_after;
    request.operator_uid = effect.operator_uid;
    return encode(Request{request});
}

}  // namespace

class ActuatorClient::Impl {
public:
    using ProbeDone = std::function<void(const ProbeReply&)>;
    using NotifyDone = std::function<void(const NotifyReply&)>;

    Impl(systemd::EventLoop& loop, const Clock& clock, Emit emit, ActuatorClientOptions options)
        : loop_(loop),
          clock_(clock),
          emit_(std::move(emit)),
          options_(std::move(options)),
          retry_(options_.first_retry) {}

    void connect();
    void ask(const AskPreflight& effect);
    void run(const RunAction& effect);
    void settle(const std::string& action);
    void roll_back(const std::string& action);
    void ask_pointer(const std::string& provider);
    void probe(const std::string& source, ProbeDone done);
    void notify(std::string notice, NotifyDone done);

    [[nodiscard]] bool connected() const { return fd_.get() >= 0; }
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

private:
    struct Execute {
        RunAction effect;
        bool sent = false;
    };
    struct Settle {
        std::optional<Instant> deadline;  // of the answer; set once sent
    };

    void end_probe(const ProbeReply& reply);
    void refuse_probes(const std::string& why);
    void refuse_notice(const std::string& why);
    [[nodiscard]] bool full() const {
        return preflights_.size() + executes_.size() + settles_.size() + rollbacks_.size() >=
               options_.max_pending;
    }
    void tell_later(EventBody body);
    void send(const std::string& bytes);
    void flush();
    void listen(std::uint32_t events);
    void on_io(std::uint32_t bits);
    void receive();
    void take(const std::string& body);
    void take_action(const ActionEvent& event);
    void drop(const std::string& why);
    void send_settle(const std::string& action);
    void on_deadline();
    void arm_deadline();

    systemd::EventLoop& loop_;
    const Clock& clock_;
    Emit emit_;
    ActuatorClientOptions options_;
    Duration retry_;
    Descriptor fd_;
    FrameReader reader_;
    std::string out_;
    std::uint32_t events_ = 0;
    std::string trouble_ = "not connected yet";
    std::map<std::uint64_t, Instant> preflights_;  // sent, and until when an answer is awaited
    std::map<std::string, Execute> executes_;
    std::map<std::string, Settle> settles_;
    std::map<std::string, bool> rollbacks_;        // whether sent on this connection
    std::map<std::string, ProbeDone> probes_;      // asked for, by source
    std::map<std::string, ProbeDone> not_probed_;  // to be told so
    systemd::LoopSource telling_;
    std::uint64_t notice_ = 0;  // ticket
    NotifyDone notified_;       // of the page that is out
    systemd::LoopSource refusing_;
    std::set<std::string> pointers_;  // asked for, not answered
    std::vector<EventBody> later_;
    systemd::LoopSource io_;
    systemd::LoopSource reconnect_;
    systemd::LoopSource deadline_;
    systemd::LoopSource soon_;
};

void ActuatorClient::Impl::connect() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (options_.socket_path.size() >= sizeof address.sun_path) {
        drop("the actuator's socket path is too long: " + options_.socket_path);
        return;
    }
    std::copy(options_.socket_path.begin(), options_.socket_path.end(), address.sun_path);
    fd_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT
    if (fd_.get() < 0 || ::connect(fd_.get(), generic, sizeof address) != 0) {
        const std::string why = std::strerror(errno);  // NOLINT(concurrency-mt-unsafe)
        drop("cannot connect to " + options_.socket_path + ": " + why +
             "; is primum-actuator.socket started?");
        return;
    }
    trouble_.clear();
    reader_ = {};
    out_.clear();
    listen(EPOLLIN);
    const Instant now = clock_.now().t;
    for (auto& [action, execute] : executes_) {
        if (execute.sent) {
            settles_.try_emplace(action);  // what became of it?
        } else if (now <= execute.effect.not_after) {
            execute.sent = true;
            send(execute_frame(execute.effect));
        }
    }
    for (const auto& [action, pending] : settles_) {
        send_settle(action);
    }
    for (auto& [action, sent] : rollbacks_) {
        sent = true;
        send(encode(Request{RollbackRequest{action}}));
    }
    for (const auto& provider : pointers_) {
        send(encode(Request{PointerRequest{provider}}));
    }
    arm_deadline();
}

void ActuatorClient::Impl::drop(const std::string& why) {
    io_.reset();
    fd_.reset();
    events_ = 0;
    trouble_ = why;
    for (const auto& [ticket, deadline] : std::exchange(preflights_, {})) {
        tell_later(unreachable(ticket, why));
    }
    for (auto& [action, pending] : settles_) {
        pending.deadline.reset();
    }
    for (auto& [action, sent] : rollbacks_) {
        sent = false;
    }
    not_probed_.merge(std::exchange(probes_, {}));
    telling_ = loop_.soon([this] { refuse_probes(trouble_); });
    if (notified_) {
        refusing_ = loop_.soon([this] { refuse_notice(trouble_); });
    }
    reconnect_ = loop_.at(clock_.now().t + retry_, [this] { connect(); });
    retry_ = std::min(retry_ * 2, options_.max_retry);
    arm_deadline();
}

void ActuatorClient::Impl::ask(const AskPreflight& effect) {
    if (!connected() || full()) {
        tell_later(unreachable(effect.ticket,
                               connected() ? "too many requests are unanswered" : trouble_));
        return;
    }
    PreflightRequest request;
    request.ticket = effect.ticket;
    request.target = effect.target;
    request.level = effect.level;
    request.index = effect.index;
    request.candidate = effect.candidate;
    request.plan_digest = effect.plan_digest;
    request.dry_run = effect.dry_run;
    request.operator_uid = effect.operator_uid;
    preflights_[effect.ticket] = clock_.now().t + options_.answer_within;
    send(encode(Request{request}));
    arm_deadline();
}

void ActuatorClient::Impl::run(const RunAction& effect) {
    if (full()) {
        tell_later(not_sent(effect.action, "too many requests are unanswered"));
        return;
    }
    const auto [pending, fresh] = executes_.try_emplace(effect.action, Execute{effect, false});
    if (!fresh) {
        return;  // at most once
    }
    if (connected() && clock_.now().t <= effect.not_after) {
        pending->second.sent = true;
        send(execute_frame(effect));
    }
    arm_deadline();
}

void ActuatorClient::Impl::settle(const std::string& action) {
    settles_.try_emplace(action);
    if (connected()) {
        send_settle(action);
    }
    arm_deadline();
}

void ActuatorClient::Impl::roll_back(const std::string& action) {
    const auto [pending, fresh] = rollbacks_.try_emplace(action, false);
    if (fresh && connected()) {
        pending->second = true;
        send(encode(Request{RollbackRequest{action}}));
    }
}

void ActuatorClient::Impl::ask_pointer(const std::string& provider) {
    pointers_.insert(provider);
    if (connected()) {
        send(encode(Request{PointerRequest{provider}}));
    }
}

// What was asked for is not asked again on another connection: by then it is old.
void ActuatorClient::Impl::probe(const std::string& source, ProbeDone done) {
    if (!connected() || probes_.contains(source)) {
        not_probed_[source] = std::move(done);
        telling_ = loop_.soon(
            [this] { refuse_probes(connected() ? "an earlier probe has not ended" : trouble_); });
        return;
    }
    probes_[source] = std::move(done);
    send(encode(Request{ProbeRequest{source}}));
}

void ActuatorClient::Impl::notify(std::string notice, NotifyDone done) {
    notified_ = std::move(done);
    ++notice_;
    if (!connected()) {
        refusing_ = loop_.soon([this] { refuse_notice(trouble_); });
        return;
    }
    refusing_.reset();
    send(encode(Request{NotifyRequest{notice_, std::move(notice)}}));
}

void ActuatorClient::Impl::refuse_notice(const std::string& why) {
    if (const auto done = std::exchange(notified_, nullptr)) {
        NotifyReply reply;
        reply.ticket = notice_;
        reply.code = Refusal::unreachable;
        reply.detail = why;
        done(reply);
    }
}

void ActuatorClient::Impl::end_probe(const ProbeReply& reply) {
    const auto asked = probes_.extract(reply.source);
    if (!asked.empty()) {
        asked.mapped()(reply);
    }
}

void ActuatorClient::Impl::refuse_probes(const std::string& why) {
    for (const auto& [source, done] : std::exchange(not_probed_, {})) {
        ProbeReply reply;
        reply.source = source;
        reply.code = Refusal::unreachable;
        reply.detail = why;
        done(reply);
    }
}

void ActuatorClient::Impl::send_settle(const std::string& action) {
    settles_[action].deadline = clock_.now().t + options_.answer_within;
    send(encode(Request{SettleRequest{action}}));
}

void ActuatorClient::Impl::tell_later(EventBody body) {
    later_.push_back(std::move(body));
    if (later_.size() == 1) {
        soon_ = loop_.soon([this] {
            for (auto& told : std::exchange(later_, {})) {
                emit_(std::move(told));
            }
        });
    }
}

void ActuatorClient::Impl::send(const std::string& bytes) {
    out_ += bytes;
    // Written from the loop, so that a lost connection is never met in the middle of a request.
    listen(EPOLLIN | EPOLLOUT);
}

void ActuatorClient::Impl::listen(std::uint32_t events) {
    if (events != events_) {
        events_ = events;
        io_.reset();  // a descriptor is registered once at a time
        io_ = loop_.on_io(fd_.get(), events, [this](std::uint32_t bits) { on_io(bits); });
    }
}

void ActuatorClient::Impl::on_io(std::uint32_t bits) {
    if ((bits & EPOLLOUT) != 0) {
        flush();
    }
    if (connected() && (bits & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
        receive();
    }
}

void ActuatorClient::Impl::flush() {
    while (!out_.empty()) {
        const auto sent = ::send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0 && errno == EAGAIN) {
            return;
        }
        if (sent < 0) {
            receive();  // what it said before it went still counts
            if (connected()) {
                drop("the actuator closed the connection");
            }
            return;
        }
        out_.erase(0, static_cast<std::size_t>(sent));
    }
    listen(EPOLLIN);
}

void ActuatorClient::Impl::receive() {
    std::array<char, read_bytes> buffer{};
    for (int turn = 0; turn < reads_per_turn && connected(); ++turn) {
        const auto got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && errno == EAGAIN) {
            return;
        }
        if (got <= 0) {
            drop(trouble_.empty() ? "the actuator closed the connection" : trouble_);
            return;
        }
        retry_ = options_.first_retry;
        reader_.feed({buffer.data(), static_cast<std::size_t>(got)});
        while (connected()) {
            auto next = reader_.next();
            if (!next.has_value()) {
                drop("the actuator sent what is no frame: " + next.error().message);
                return;
            }
            if (!next->has_value()) {
                break;
            }
            take(**next);
        }
    }
}

void ActuatorClient::Impl::take(const std::string& body) {
    auto reply = decode_reply(body);
    if (!reply.has_value()) {
        drop("the actuator sent what is no reply: " + reply.error().message);
        return;
    }
    if (const auto* preflight = std::get_if<PreflightEvent>(&*reply)) {
        if (preflights_.erase(preflight->ticket) > 0) {
            emit_(*preflight);
        }
    } else if (const auto* action = std::get_if<ActionEvent>(&*reply)) {
        take_action(*action);
    } else if (const auto* pointer = std::get_if<ProviderEvent>(&*reply)) {
        pointers_.erase(pointer->provider);
        emit_(*pointer);
    } else if (const auto* probe = std::get_if<ProbeReply>(&*reply)) {
        end_probe(*probe);
    } else if (const auto* notice = std::get_if<NotifyReply>(&*reply)) {
        const auto done = notice->ticket == notice_ ? std::exchange(notified_, nullptr) : nullptr;
        if (done) {
            done(*notice);
        }
    } else if (const auto* error = std::get_if<ErrorReply>(&*reply)) {
        trouble_ = std::string(name_of(error->code)) + ": " + error->detail;
    }
    arm_deadline();
}

void ActuatorClient::Impl::take_action(const ActionEvent& event) {
    switch (event.phase) {
        case ActionPhase::started:
            break;
        case ActionPhase::finished:
            executes_.erase(event.action);
            break;
        case ActionPhase::settled:
            settles_.erase(event.action);
            if (event.settled_as == SettledAs::running) {
                // To be asked after again should this connection go, too.
                auto& execute = executes_[event.action];
                execute.effect.action = event.action;
                execute.sent = true;
            } else {
                executes_.erase(event.action);
            }
            break;
        case ActionPhase::rolled_back:
        case ActionPhase::rollback_failed:
            rollbacks_.erase(event.action);
            break;
    }
    emit_(event);
}

void ActuatorClient::Impl::on_deadline() {
    const Instant now = clock_.now().t;
    bool stuck = false;
    for (const auto& [ticket, deadline] : preflights_) {
        stuck = stuck || deadline <= now;
    }
    for (const auto& [action, pending] : settles_) {
        stuck = stuck || (pending.deadline.has_value() && *pending.deadline <= now);
    }
    for (auto execute = executes_.begin(); execute != executes_.end();) {
        const bool expired = !execute->second.sent && execute->second.effect.not_after < now;
        if (expired) {
            tell_later(not_sent(execute->first, trouble_));
        }
        execute = expired ? executes_.erase(execute) : std::next(execute);
    }
    if (stuck) {
        drop("the actuator does not answer");
    } else {
        arm_deadline();
    }
}

void ActuatorClient::Impl::arm_deadline() {
    std::optional<Instant> next;
    const auto consider = [&next](Instant at) {
        next = next.has_value() ? std::min(*next, at) : at;
    };
    for (const auto& [ticket, deadline] : preflights_) {
        consider(deadline);
    }
    for (const auto& [action, pending] : settles_) {
        if (pending.deadline.has_value()) {
            consider(*pending.deadline);
        }
    }
    for (const auto& [action, execute] : executes_) {
        if (!execute.sent) {
            consider(execute.effect.not_after + Duration{1});
        }
    }
    deadline_.reset();
    if (next.has_value()) {
        deadline_ = loop_.at(*next, [this] { on_deadline(); });
    }
}

ActuatorClient::ActuatorClient(systemd::EventLoop& loop,
                               const Clock& clock,
                               Emit emit,
                               ActuatorClientOptions options)
    : impl_(std::make_shared<Impl>(loop, clock, std::move(emit), std::move(options))) {}

ActuatorClient::~ActuatorClient() = default;

void ActuatorClient::start() {
    impl_->connect();
}

void ActuatorClient::ask(const AskPreflight& effect) {
    impl_->ask(effect);
}

void ActuatorClient::run(const RunAction& effect) {
    impl_->run(effect);
}

void ActuatorClient::settle(const SettleAction& effect) {
    impl_->settle(effect.action);
}

void ActuatorClient::roll_back(const RollBack& effect) {
    impl_->roll_back(effect.action);
}

void ActuatorClient::ask_pointer(const AskPointer& effect) {
    impl_->ask_pointer(effect.provider);
}

void ActuatorClient::notify(std::string notice, std::function<void(const NotifyReply&)> done) {
    impl_->notify(std::move(notice), std::move(done));
}

void ActuatorClient::probe(const std::string& source, std::function<void(const ProbeReply&)> done) {
    impl_->probe(source, std::move(done));
}

bool ActuatorClient::connected() const {
    return impl_->connected();
}

std::string ActuatorClient::trouble() const {
    return impl_->trouble();
}

}  // namespace primum::remedy
