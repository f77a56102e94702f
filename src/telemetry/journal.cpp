// SPDX-License-Identifier: MIT
#include "telemetry/journal.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// sd_journal_sendv() would add the place in our source to every entry.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

namespace primum::telemetry {
namespace {

constexpr std::chrono::seconds patience_at_the_end{1};

void add(std::vector<std::string>& fields, std::string_view name, std::string_view value) {
    if (!value.empty()) {
        fields.push_back(fmt::format("{}={}", name, value));
    }
}

}  // namespace

std::vector<std::string> fields_of(const Entry& entry, std::string_view identifier) {
    std::vector<std::string> fields;
    add(fields, "MESSAGE", entry.message);
    add(fields, "PRIORITY", std::to_string(static_cast<int>(entry.priority)));
    add(fields, "MESSAGE_ID", message_id(entry.kind));
    add(fields, "SYSLOG_IDENTIFIER", identifier);
    add(fields, "TARGET", entry.target);
    add(fields, "LEVEL", entry.level);
    add(fields, "REASON", entry.reason);
    add(fields, "INCIDENT", entry.incident != 0 ? std::to_string(entry.incident) : std::string{});
    add(fields, "ACTION", entry.action);
    return fields;
}

Writer journal_writer(std::string identifier) {
    return [identifier = std::move(identifier)](const Entry& entry) {
        auto fields = fields_of(entry, identifier);
        std::vector<iovec> parts;
        parts.reserve(fields.size());
        for (auto& field : fields) {
            parts.push_back({field.data(), field.size()});
        }
        return sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) >= 0;
    };
}

bool under_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe)
    struct stat status{};
    return stream != nullptr && fstat(STDERR_FILENO, &status) == 0 &&
           fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

// Lives until both the Journal and its thread have let go of it.
struct Journal::Shared {
    Writer writer;
    std::size_t capacity;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Entry> queue;
    std::uint64_t dropped = 0;
    std::uint64_t told = 0;  // how many of the dropped an entry has spoken of
    bool ending = false;
    bool ended = false;

    Shared(Writer with, std::size_t at_most) : writer(std::move(with)), capacity(at_most) {}

    void run() {
        std::unique_lock lock{mutex};
        for (;;) {
            changed.wait(lock, [this] { return ending || !queue.empty(); });
            if (queue.empty()) {
                break;
            }
            auto entry = std::move(queue.front());
            queue.pop_front();
            write(lock, entry);
            if (const auto lost = dropped - told; lost != 0) {
                Entry news;
                news.priority = Priority::warning;
                news.message = fmt::format("{} journal entries were dropped", lost);
                told = dropped;
                write(lock, news);
            }
        }
        ended = true;
        changed.notify_all();
    }

    // Writes without the lock; the caller holds it before and after.
    void write(std::unique_lock<std::mutex>& lock, const Entry& entry) {
        lock.unlock();
        const bool written = writer(entry);
        lock.lock();
        if (!written) {
            // Not told of by another entry, which would be lost as well.
            ++dropped;
            ++told;
        }
    }
};

Journal::Journal(Writer writer, std::size_t capacity)
    : shared_(std::make_shared<Shared>(std::move(writer), capacity)) {
    std::thread{[shared = shared_] { shared->run(); }}.detach();
}

Journal::~Journal() {
    std::unique_lock lock{shared_->mutex};
    shared_->ending = true;
    shared_->changed.notify_all();
    shared_->changed.wait_for(lock, patience_at_the_end, [this] { return shared_->ended; });
}

void Journal::log(Entry entry) {
    {
        const std::lock_guard lock{shared_->mutex};
        if (shared_->queue.size() >= shared_->capacity) {
            ++shared_->dropped;
            return;
        }
        shared_->queue.push_back(std::move(entry));
    }
    shared_->changed.notify_all();
}

void Journal::info(std::string message) {
    log({Priority::info, MessageKind::daemon, std::move(message)});
}

void Journal::notice(std::string message) {
    log({Priority::notice, MessageKind::daemon, std::move(message)});
}

void Journal::warning(std::string message) {
    log({Priority::warning, MessageKind::daemon, std::move(message)});
}

void Journal::error(std::string message) {
    log({Priority::error, MessageKind::daemon, std::move(message)});
}

std::uint64_t Journal::dropped() const {
    const std::lock_guard lock{shared_->mutex};
    return shared_->dropped;
}

}  // namespace primum::telemetry
