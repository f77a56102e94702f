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
    if (const auto* restore = std::get_if<RestoreEvent>(&event.body)) {
        return sizeof(Event) + restore->state.engine.size();
    }
    return sizeof(Event) + 256;
}

// An event on its way to the disk.
struct Item {
    Event event;
    bool begins = false;  // a segment
};

}  // namespace

class Recorder::Impl {
public:
    Impl(RecorderOptions options, Save save)
        : options_(std::move(options)),
          save_(std::move(save)),
          fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          chain_(options_.chain) {
        PRIMUM_CHECK(fd_ >= 0);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { ::close(fd_); }

    void record(Event event) {
        const Stamp at = event.at;
        if (const auto* restore = std::get_if<RestoreEvent>(&event.body)) {
            boot_id_ = restore->state.boot_id;
        } else if (const auto* rules = std::get_if<RulesEvent>(&event.body)) {
            rules_ = RulesEvent{rules->digest, rules->text, nullptr};
        }
        std::unique_lock lock{mutex_};
        if (stopping_) {
            return;
        }
        if (!figures_.recording) {
            ++figures_.dropped;
        } else if (queue_.size() >= options_.max_events || queued_bytes_ >= options_.max_bytes) {
            ++figures_.dropped;
            broken("more events came than the disk took");
            segment_ended_ = true;
            wake_.notify_one();
        } else {
            push({std::move(event), std::exchange(first_, false)});
        }
        if (wanted_ && rules_ && save_) {
            wanted_ = false;
            lock.unlock();
            begin_segment(at);
        }
    }

    // The recorder's thread.
    void run() {
        std::unique_lock lock{mutex_};
        while (!stopping_ || !queue_.empty()) {
            wait(lock);
            const auto items = std::exchange(queue_, {});
            queued_bytes_ = 0;
            const bool ended = std::exchange(segment_ended_, false);
            lock.unlock();
            auto written = write(items);
            if (written && ended) {
                written = chain_.close();
            }
            const bool due = written && !items.empty() && chain_.due(items.back().event.at.t);
            lock.lock();
            figures_.segments = chain_.begun();
            if (!written) {
                failed(written.error(), items.size());
            } else if (due || ended) {
                wanted_ = true;
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
    void push(Item item) {
        const bool was_empty = queue_.empty();
        queued_bytes_ += bytes_of(item.event);
        queue_.push_back(std::move(item));
        if (was_empty || queued_bytes_ >= options_.flush_bytes ||
            queue_.size() >= options_.max_events / 2) {
            wake_.notify_one();
        }
    }

    // The state is taken after the event that was recorded last, and before the next.
    void begin_segment(Stamp at) {
        RestoreEvent restore;
        restore.state.boot_id = boot_id_;
        restore.state.engine = save_();
        const std::lock_guard lock{mutex_};
        if (retry_) {
            return;  // the disk has refused meanwhile
        }
        push({{at, std::move(restore)}, true});
        push({{at, *rules_}, false});
        if (!figures_.recording) {
            figures_.recording = true;
            figures_.problem.clear();
            tell();
        }
    }

    // Sleeps until there is something, and then until it is worth a frame.
    void wait(std::unique_lock<std::mutex>& lock) {
        const auto urgent = [this] { return stopping_ || segment_ended_; };
        if (retry_) {
            wake_.wait_for(lock, options_.retry_after, [this] { return stopping_; });
            retry_ = false;
            wanted_ = true;
        }
        wake_.wait(lock, [&] { return urgent() || !queue_.empty(); });
        wake_.wait_for(lock, options_.flush_after, [&] {
            return urgent() || queued_bytes_ >= options_.flush_bytes ||
                   queue_.size() >= options_.max_events / 2;
        });
    }

    [[nodiscard]] Result<void, event::RecordingError> write(const std::vector<Item>& items) {
        for (const Item& item : items) {
            if (item.begins) {
                if (auto begun = chain_.begin(item.event.at); !begun) {
                    return begun;
                }
            }
            if (auto added = chain_.add(event::write_event(item.event)); !added) {
                return added;
            }
        }
        return chain_.flush();
    }

    void failed(const event::RecordingError& error, std::size_t lost) {
        chain_.abandon();
        figures_.dropped += lost + queue_.size();
        queue_.clear();
        queued_bytes_ = 0;
        broken(error.message);
        retry_ = true;
        wanted_ = false;
    }

    void broken(std::string why) {
        if (figures_.recording) {
            figures_.recording = false;
            figures_.problem = std::move(why);
            tell();
        }
    }

    void tell() const { static_cast<void>(::eventfd_write(fd_, 1)); }

    const RecorderOptions options_;
    const Save save_;
    const int fd_;

    // Of the loop thread.
    std::string boot_id_;
    std::optional<RulesEvent> rules_;
    bool first_ = true;

    // Of the recorder's thread.
    SegmentChain chain_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable ended_changed_;
    std::vector<Item> queue_;
    std::size_t queued_bytes_ = 0;
    RecorderFigures figures_;
    bool wanted_ = false;         // a new segment may begin with the next event
    bool segment_ended_ = false;  // what comes next is not what came after
    bool retry_ = false;
    bool stopping_ = false;
    bool ended_ = false;
};

Recorder::Recorder(RecorderOptions options, Save save)
    : impl_(std::make_shared<Impl>(std::move(options), std::move(save))) {
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
