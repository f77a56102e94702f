// SPDX-License-Identifier: MIT
#include "daemon/notices.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace primum::daemon {
namespace {

constexpr Duration post_within = std::chrono::seconds{10};
constexpr long refused_as_bad = 400;
constexpr long refused_as_large = 413;
// More than the desk can have: only the keys of what is gone could add up beyond it.
constexpr std::size_t max_not_kept = 16'384;

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

// Where the status page is, as others would ask for it.
std::string status_url(std::string_view listen, const std::string& host) {
    if (listen.empty()) {
        return {};
    }
    const auto colon = listen.rfind(':');
    const auto address = listen.substr(0, colon);
    const bool any = address == "0.0.0.0" || address == "[::]";
    return fmt::format("http://{}{}/", any ? host : address, listen.substr(colon));
}

notice::Origin origin_of(const rules::Settings& settings) {
    const auto host = host_name();
    return {host, status_url(settings.http_listen, host), settings.notify.runbook};
}

std::string alerts_url(std::string url) {
    while (url.ends_with('/')) {
        url.pop_back();
    }
    return url + "/api/v2/alerts";
}

notice::PostEnd end_of(const source::HttpAnswer& answer) {
    using How = notice::PostEnd::How;
    if (answer.failure != SourceFailure::none) {
        return {How::failed, fmt::format("{}: {}", name_of(answer.failure), answer.detail)};
    }
    if (answer.status >= 200 && answer.status < 300) {
        return {How::accepted, {}};
    }
    constexpr std::size_t shown = 200;
    const auto said =
        fmt::format("HTTP status {}: {}", answer.status, answer.body.substr(0, shown));
    const bool bad = answer.status == refused_as_bad || answer.status == refused_as_large;
    return {bad ? How::refused : How::failed, said};
}

notice::ProgramEnd end_of(const remedy::NotifyReply& reply) {
    using How = notice::ProgramEnd::How;
    if (reply.code != Refusal::none) {
        return {How::not_run, fmt::format("{}: {}", name_of(reply.code), reply.detail)};
    }
    if (!reply.timed_out && reply.exit_code == 0) {
        return {How::done, {}};
    }
    auto detail = reply.detail.empty() ? fmt::format("it ended with exit code {}", reply.exit_code)
                                       : reply.detail;
    if (!reply.output.empty()) {
        detail += fmt::format("; it printed \"{}\"", reply.output);
    }
    return {How::failed, std::move(detail)};
}

}  // namespace

Notices::Notices(const Rooms& rooms, const rules::Settings& settings)
    : rooms_(rooms),
      http_(rooms.loop, rooms.clock),
      desk_(rooms.loop, rooms.clock, settings.notify, origin_of(settings), ports()) {
    const auto& alertmanager = settings.notify.alertmanager;
    if (!alertmanager.url.empty()) {
        alertmanager_ = std::make_unique<source::HttpGet>(
            http_,
            source::HttpGet::Request{
                alerts_url(alertmanager.url), {}, alertmanager.access, source::HttpWay::reply},
            [this](const source::HttpAnswer& answer) {
                const auto done = std::exchange(posted_, nullptr);
                done(end_of(answer));
            });
    }
}

Notices::~Notices() = default;

notice::Ports Notices::ports() {
    return {
        .post =
            [this](std::string body, std::function<void(const notice::PostEnd&)> done) {
                post(std::move(body), std::move(done));
            },
        .run =
            [this](std::string page, std::function<void(const notice::ProgramEnd&)> done) {
                rooms_.actuator.notify(std::move(page),
                                       [done = std::move(done)](const remedy::NotifyReply& reply) {
                                           done(end_of(reply));
                                       });
            },
        .explain = [this](const std::string& target) { return rooms_.engine.explain(target); },
        .unit_of =
            [this](const std::string& target) {
                const auto* rules = rooms_.rules();
                if (rules != nullptr) {
                    for (const auto& rule : rules->targets) {
                        if (rule.name == target) {
                            return rule.unit;
                        }
                    }
                }
                return std::string{};
            },
        .count =
            [this](notice::Channel channel, notice::NoticeKind kind, notice::Result result) {
                rooms_.metrics.notice(name_of(channel), name_of(kind), name_of(result));
            },
        .tell =
            [this](bool well, std::string message) {
                rooms_.journal.log(
                    {.priority = well ? telemetry::Priority::notice : telemetry::Priority::warning,
                     .kind = telemetry::MessageKind::notices,
                     .message = std::move(message),
                     .reason = well ? "delivered" : "undelivered"});
            },
        .keep = [this] { keep(); },
        .durable = [this] { return !rooms_.ledger.healthy() || !rooms_.ledger.oldest_pending(); },
        .seed = static_cast<std::uint32_t>(to_us(rooms_.clock.now().wall)) |
                1U,  // another one in each process
    };
}

void Notices::post(std::string body, std::function<void(const notice::PostEnd&)> done) {
    posted_ = std::move(done);
    alertmanager_->post(std::move(body), "application/json", post_within);
}

void Notices::restore(const std::vector<ledger::KeptNotice>& kept, const RestoredState& state) {
    std::vector<notice::Row> rows;
    rows.reserve(kept.size());
    for (const auto& row : kept) {
        rows.push_back({row.key, row.body});
    }
    desk_.restore(rows, state);
}

void Notices::start() {
    desk_.start();
}

std::vector<ledger::KeptNotice> Notices::take() {
    for (auto& row : desk_.take_rows()) {
        not_kept_[std::move(row.key)] = std::move(row.body);
    }
    std::vector<ledger::KeptNotice> kept;
    kept.reserve(not_kept_.size());
    for (auto& [key, body] : std::exchange(not_kept_, {})) {
        kept.push_back({key, std::move(body)});
    }
    return kept;
}

void Notices::put_back(std::vector<ledger::KeptNotice> kept) {
    for (auto& row : kept) {
        if (not_kept_.size() < max_not_kept) {
            not_kept_.try_emplace(std::move(row.key), std::move(row.body));
        }
    }
}

// A ledger that cannot write is not asked to: its queue is for records.
void Notices::keep() {
    auto kept = take();
    if (kept.empty()) {
        return;
    }
    if (!rooms_.ledger.healthy() || !rooms_.ledger.submit({}, rooms_.clock.now().t, kept)) {
        put_back(std::move(kept));
    }
}

void Notices::wake() {
    if (desk_.take_news() || (!not_kept_.empty() && rooms_.ledger.healthy())) {
        keep();
        desk_.wake();
    }
}

std::vector<Instant> Notices::pages_lately() const {
    const auto now = rooms_.clock.now();
    std::vector<Instant> times;
    for (const auto at : desk_.pages_lately()) {
        times.push_back(now.t - Duration{now.wall - at});
    }
    return times;
}

std::vector<bus::NoticeChannel> Notices::channels() const {
    std::vector<bus::NoticeChannel> all;
    for (auto& figures : desk_.figures()) {
        all.push_back({std::string{name_of(figures.channel)},
                       figures.waiting,
                       figures.oldest,
                       std::move(figures.problem)});
    }
    return all;
}

void Notices::measure() const {
    for (const auto& channel : desk_.figures()) {
        rooms_.metrics.notices_waiting(name_of(channel.channel), channel.waiting, channel.oldest);
    }
}

}  // namespace primum::daemon
