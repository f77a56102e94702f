// SPDX-License-Identifier: MIT
#include "daemon/recorder.hpp"

#include "event/event_json.hpp"

#include <primum/check.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <sys/eventfd.h>
#include <unistd.h>

namespace primum::daemon {
namespace {

constexpr Duration destructor_waits = std::chrono::seconds{1};

// About what an event takes in the queue.
std::size_t bytes_of(const Event& event) {
    if (const auto* samples = std::get_if<SamplesEvent>(&event.body)) {
        return sizeof(Event) + samples->values.size() * sizeof(SampleValue);
    }
    if (const auto* rules = std::get_if<RulesEvent>(&event.body)) {
        return sizeof(Event) + rules->text.size();
    }
    return sizeof(Event) + 256;
}

}  // namespace

class Recorder::Impl {
public:
    explicit Impl(RecorderOptions options)
        : options_(std::move(options)),
          fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          chain_(options_.chain) {
        PRIMUM_CHECK(fd_ >= 0);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { ::close(fd_); }

    void record(Event event) {
        const std::lock_guard lock{mutex_};
        if (const auto* rules = std::get_if<RulesEvent>(&event.body)) {
            rules_ = RulesEvent{rules->digest, rules->text, nullptr};
        }
        if (stopping_) {
            return;
        }
        const bool full =
            queue_.size() >= options_.max_events || queued_bytes_ >= options_.max_bytes;
        if (!figures_.recording || full) {
            ++figures_.dropped;
            if (figures_.recording) {
                broken("more events came than the disk took");
                segment_ended_ = true;
                wake_.notify_one();
            }
            return;
        }
        const bool was_empty = queue_.empty();
        const Stamp at = event.at;
        if (begins_anew_) {  // the engine has taken it: it is in the state
            ++figures_.dropped;
        } else {
            push({std::move(event)});
        }
        if (std::exchange(begins_anew_, false) || std::exchange(segment_due_, false)) {
            begin_segment(at);
        }
        if (was_empty || queued_bytes_ >= options_.flush_bytes ||
            queue_.size() >= options_.max_events / 2) {
            wake_.notify_one();
        }
    }

    // The recorder's thread.
    void run() {
        std::unique_lock lock{mutex_};
        while (!stopping_ || !queue_.empty()) {
            wait(lock);
            const auto items = std::exchange(queue_, {});
            queued_bytes_ = 0;
            beginning_ = false;
            const bool ended = std::exchange(segment_ended_, false);
            lock.unlock();
            auto written = write(items);
            if (written && ended) {
                written = chain_.close();
                chain_.leave_out();
            }
            lock.lock();
            figures_.segments = chain_.begun();
            if (written && !items.empty() && !beginning_) {
                segment_due_ = chain_.due(items.back().event.at.t);
            }
            if (!written) {
                failed(written.error(), items.size());
                wake_.wait_for(lock, options_.retry_after, [this] { return stopping_; });
            }
            if (!written || ended) {
                well_again();
            }
        }
        lock.unlock();
        static_cast<void>(chain_.close());
        lock.lock();
        ended_ = true;
        ended_changed_.notify_all();
    }

    [[nodiscard]] RecorderFigures figures() const {
        const std::lock_guard lock{mutex_};
        return figures_;
    }

    [[nodiscard]] int fd() const { return fd_; }

    void ask_to_stop() {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
        wake_.notify_one();
    }

    [[nodiscard]] bool wait_for_end(Duration deadline) {
        std::unique_lock lock{mutex_};
        return ended_changed_.wait_for(lock, deadline, [this] { return ended_; });
    }

private:
    // Sleeps until there is something, and then until it is worth a frame.
    void wait(std::unique_lock<std::mutex>& lock) {
        const auto urgent = [this] { return stopping_ || segment_ended_; };
        wake_.wait(lock, [&] { return urgent() || !queue_.empty(); });
        wake_.wait_for(lock, options_.flush_after, [&] {
            return urgent() || queued_bytes_ >= options_.flush_bytes ||
                   queue_.size() >= options_.max_events / 2;
        });
    }

    struct Item {
        Event event;
        bool begins_segment = false;
        bool ends_head = false;  // of a segment
    };

    void push(Item item) {
        queued_bytes_ += bytes_of(item.event);
        queue_.push_back(std::move(item));
    }

    // With the engine as it is now.
    void begin_segment(Stamp at) {
        RestoreEvent restore;
        restore.state.engine = options_.save ? options_.save() : std::string{};
        const bool has_state = !restore.state.engine.empty() &&
                               restore.state.engine.size() <= options_.max_state_bytes;
        if (has_state) {
            push({{at, std::move(restore)}, true, !rules_});
        } else {
            ++figures_.stateless;
        }
        if (rules_) {
            push({{at, *rules_}, !has_state, true});
        }
        beginning_ = true;
    }

    [[nodiscard]] Result<void, event::RecordingError> write(const std::vector<Item>& items) {
        for (const Item& item : items) {
            if (!chain_.is_open() || item.begins_segment) {
                if (auto begun = chain_.begin(item.event.at); !begun) {
                    return begun;
                }
            }
            if (auto added = add(item.event); !added) {
                return added;
            }
            if (item.ends_head) {
                if (auto ended = chain_.end_head(); !ended) {
                    return ended;
                }
            }
        }
        return chain_.flush();
    }

    [[nodiscard]] Result<void, event::RecordingError> add(const Event& event) {
        return chain_.add(event::write_event(event));
    }

    void failed(const event::RecordingError& error, std::size_t lost) {
        chain_.abandon();
        chain_.leave_out();
        figures_.dropped += lost + queue_.size();
        queue_.clear();
        queued_bytes_ = 0;
        segment_ended_ = false;
        segment_due_ = false;
        broken(error.message);
    }

    void broken(std::string why) {
        if (figures_.recording) {
            figures_.recording = false;
            figures_.problem = std::move(why);
            tell();
        }
    }

    void well_again() {
        if (!figures_.recording) {
            figures_.recording = true;
            figures_.problem.clear();
            begins_anew_ = true;
            tell();
        }
    }

    void tell() const { static_cast<void>(::eventfd_write(fd_, 1)); }

    const RecorderOptions options_;
    const int fd_;
    SegmentChain chain_;  // of the recorder's thread

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable ended_changed_;
    std::vector<Item> queue_;
    std::optional<RulesEvent> rules_;  // in force
    std::size_t queued_bytes_ = 0;
    RecorderFigures figures_;
    bool segment_ended_ = false;  // what comes next is not what came after
    bool segment_due_ = false;    // the open one is long enough
    bool beginning_ = false;      // the beginning of the next one is in the queue
    bool begins_anew_ = false;    // none is open, and what comes next begins one
    bool stopping_ = false;
    bool ended_ = false;
};

Recorder::Recorder(RecorderOptions options) : impl_(std::make_shared<Impl>(std::move(options))) {
    std::thread{[impl = impl_] { impl->run(); }}.detach();
}

Recorder::~Recorder() {
    static_cast<void>(stop(destructor_waits));
}

void Recorder::record(Event event) {
    impl_->record(std::move(event));
}

int Recorder::fd() const {
    return impl_->fd();
}

void Recorder::acknowledge() {
    eventfd_t ignored = 0;
    static_cast<void>(::eventfd_read(impl_->fd(), &ignored));
}

RecorderFigures Recorder::figures() const {
    return impl_->figures();
}

bool Recorder::stop(Duration deadline) {
    impl_->ask_to_stop();
    return impl_->wait_for_end(deadline);
}

}  // namespace primum::daemon
