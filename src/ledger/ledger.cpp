// SPDX-License-Identifier: MIT
#include "ledger/ledger.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

#include <sys/eventfd.h>
#include <unistd.h>

namespace primum::ledger {
namespace {

// The action of a record that is an intent, else null.
const ActionRecord* intent_of(const Record& record) {
    const auto* action = std::get_if<ActionRecord>(&record);
    return action != nullptr && !action->dry_run ? action : nullptr;
}

bool is_intent(const Record& record) {
    return intent_of(record) != nullptr;
}

// What others refer to comes first.
int rank_of(const Record& record) {
    if (std::holds_alternative<IncidentRecord>(record)) {
        return 0;
    }
    return std::holds_alternative<ActionRecord>(record) ? 1 : 2;
}

}  // namespace

// Shared by the loop thread and the ledger's own, which may outlive the Ledger when the disk hangs.
class Ledger::Impl {
public:
    Impl(std::optional<Store> store, StoreOptions reopen, LedgerOptions options)
        : options_(options),
          reopen_(std::move(reopen)),
          store_(std::move(store)),
          backoff_(options.retry_initial),
          event_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        PRIMUM_CHECK(event_fd_ >= 0);
        has_store_ = store_.has_value();
        if (!has_store_) {
            set_unhealthy("the ledger could not be opened");
        }
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { close(event_fd_); }

    // The ledger's thread.
    void run() {
        std::unique_lock lock{mutex_};
        while (!stopping_ || has_work()) {
            wait(lock);
            if (!has_store_) {
                answer_without_store();
                if (stopping_) {
                    break;
                }
                try_open(lock);
                continue;
            }
            run_queries(lock);
            if (!queue_.empty()) {
                write_front(lock);
            } else if (!healthy_) {
                probe(lock);
            } else if (prune_at_) {
                prune_some(lock);
            }
            if (stopping_ && !healthy_) {
                break;
            }
        }
        answer_without_store();
        lock.unlock();
        store_.reset();
        lock.lock();
        ended_ = true;
        ended_changed_.notify_all();
    }

    bool submit(std::vector<Record> batch, Instant now, std::vector<KeptNotice> notices) {
        const std::lock_guard lock{mutex_};
        const std::size_t size = batch.size() + notices.size();
        const bool full =
            queue_.size() >= options_.max_batches || queued_ + size > options_.max_records;
        if (full || !has_store_ || stopping_) {
            fail_intents(batch, full ? "the ledger's queue is full" : problem_);
            ++counters_.refused_batches;
            return false;
        }
        if (!healthy_) {
            fail_intents(batch, problem_);
        }
        if (!batch.empty() || !notices.empty()) {
            queued_ += batch.size() + notices.size();
            queue_.push_back({std::move(batch), now, std::move(notices)});
            work_changed_.notify_one();
        }
        return true;
    }

    bool submit_query(std::function<void(Store&)> work, std::function<void(bool)> done) {
        const std::lock_guard lock{mutex_};
        if (queries_.size() >= options_.max_queries || stopping_) {
            return false;
        }
        queries_.push_back({std::move(work), std::move(done)});
        work_changed_.notify_one();
        return true;
    }

    void prune(Stamp now, bool clock_synchronised) {
        const std::lock_guard lock{mutex_};
        prune_at_ = now;
        prune_synchronised_ = clock_synchronised;
        work_changed_.notify_one();
    }

    LedgerNewsBatch drain() {
        const std::lock_guard lock{mutex_};
        eventfd_t count = 0;
        // Nothing to read is no error: then there is nothing to drain.
        static_cast<void>(eventfd_read(event_fd_, &count) == 0);
        LedgerNewsBatch news;
        news.events.swap(events_);
        news.answers.swap(answers_);
        news.restart_wanted = restart_wanted_;
        return news;
    }

    std::optional<Instant> oldest_pending() const {
        const std::lock_guard lock{mutex_};
        return queue_.empty() ? std::nullopt : std::optional{queue_.front().at};
    }
    bool healthy() const {
        const std::lock_guard lock{mutex_};
        return healthy_;
    }
    std::string problem() const {
        const std::lock_guard lock{mutex_};
        return healthy_ ? std::string{} : problem_;
    }
    LedgerCounters counters() const {
        const std::lock_guard lock{mutex_};
        LedgerCounters counters = counters_;
        counters.queued_records = queued_;
        return counters;
    }
    int fd() const { return event_fd_; }

    // True once the thread has ended.
    bool stop(Duration deadline, bool& all_written) {
        std::unique_lock lock{mutex_};
        stopping_ = true;
        work_changed_.notify_one();
        const bool ended = ended_changed_.wait_for(lock, deadline, [this] { return ended_; });
        all_written = queue_.empty();
        return ended;
    }

private:
    struct Batch {
        std::vector<Record> records;
        Instant at;
        std::vector<KeptNotice> notices;

        [[nodiscard]] std::size_t size() const { return records.size() + notices.size(); }
    };
    struct Query {
        std::function<void(Store&)> work;
        std::function<void(bool)> done;
    };

    bool has_work() const {
        return has_store_ && healthy_ && !(queue_.empty() && queries_.empty());
    }

    void wait(std::unique_lock<std::mutex>& lock) {
        if (has_store_ && healthy_) {
            work_changed_.wait(lock,
                               [this] { return stopping_ || has_work() || prune_at_.has_value(); });
        } else if (!stopping_ && !restart_wanted_) {
            work_changed_.wait_for(
                lock, backoff_, [this] { return stopping_ || !queries_.empty(); });
        } else if (!stopping_) {
            work_changed_.wait(lock, [this] { return stopping_ || !queries_.empty(); });
        }
    }

    void wake_loop() { PRIMUM_CHECK(eventfd_write(event_fd_, 1) == 0); }

    void tell(LedgerNews news, std::string action, std::string detail) {
        events_.push_back({news, std::move(action), std::move(detail)});
        wake_loop();
    }

    void set_unhealthy(std::string why) {
        problem_ = std::move(why);
        if (std::exchange(healthy_, false)) {
            tell(LedgerNews::unhealthy, "", problem_);
        }
    }

    void set_healthy() {
        backoff_ = options_.retry_initial;
        if (!std::exchange(healthy_, true)) {
            tell(LedgerNews::healthy, "", "");
        }
    }

    // Answers the intents among the records and takes them out.
    void fail_intents(std::vector<Record>& records, const std::string& why) {
        for (const Record& record : records) {
            if (const ActionRecord* intent = intent_of(record)) {
                ++counters_.failed_intents;
                tell(LedgerNews::failed, intent->id, why);
            }
        }
        std::erase_if(records, is_intent);
    }

    void fail_queued_intents() {
        queued_ = 0;
        for (Batch& batch : queue_) {
            fail_intents(batch.records, problem_);
            queued_ += batch.size();
        }
        std::erase_if(queue_, [](const Batch& batch) { return batch.size() == 0; });
    }

    void answer(Query query, bool ran) {
        answers_.push_back([done = std::move(query.done), ran] { done(ran); });
        wake_loop();
    }

    void answer_without_store() {
        while (!queries_.empty()) {
            answer(std::move(queries_.front()), false);
            queries_.pop_front();
        }
    }

    void run_queries(std::unique_lock<std::mutex>& lock) {
        if (queries_.empty()) {
            return;
        }
        Query query = std::move(queries_.front());
        queries_.pop_front();
        lock.unlock();
        query.work(*store_);
        lock.lock();
        answer(std::move(query), true);
    }

    void try_open(std::unique_lock<std::mutex>& lock) {
        if (restart_wanted_) {
            return;
        }
        lock.unlock();
        LedgerResult<Store> opened = Store::open(reopen_);
        lock.lock();
        if (opened) {
            restart_wanted_ = true;
            problem_ = "the ledger can be opened again: a restart is needed to read it";
            wake_loop();
        } else {
            problem_ = std::move(opened.error().message);
            back_off();
        }
    }

    void back_off() { backoff_ = std::min(backoff_ * 2, options_.retry_max); }

    void write_failed(LedgerError error) {
        ++counters_.write_failures;
        set_unhealthy(std::move(error.message));
        fail_queued_intents();
        back_off();
    }

    void probe(std::unique_lock<std::mutex>& lock) {
        lock.unlock();
        auto done = store_->probe();
        lock.lock();
        if (done) {
            set_healthy();
        } else {
            write_failed(std::move(done.error()));
        }
    }

    void prune_some(std::unique_lock<std::mutex>& lock) {
        const Stamp at = *std::exchange(prune_at_, std::nullopt);
        const bool synchronised = prune_synchronised_;
        lock.unlock();
        LedgerResult<bool> more = store_->prune(at, synchronised);
        lock.lock();
        if (!more) {
            write_failed(std::move(more.error()));
        } else if (*more && !prune_at_) {
            prune_at_ = at;
        }
    }

    // The front batch stays in the queue, untouched by the loop thread, until it is durable.
    void write_front(std::unique_lock<std::mutex>& lock) {
        const Batch& batch = queue_.front();
        const std::vector<Record>& records = batch.records;
        lock.unlock();
        auto done = store_->append(records, batch.notices);
        lock.lock();
        if (done) {
            for (const Record& record : records) {
                if (const ActionRecord* intent = intent_of(record)) {
                    tell(LedgerNews::committed, intent->id, "");
                }
            }
            ++counters_.batches;
            written(batch.size());
            queue_.pop_front();
            set_healthy();
        } else if (done.error().kind == ErrorKind::refused) {
            write_apart(lock, done.error().message);
        } else {
            write_failed(std::move(done.error()));
        }
    }

    void written(std::size_t records) {
        counters_.records += records;
        queued_ -= records;
    }

    // One of the front batch's records contradicts the file: its intents are given up, and of the
    // rest all that fit are kept.
    void write_apart(std::unique_lock<std::mutex>& lock, const std::string& why) {
        std::vector<Record>& records = queue_.front().records;
        const std::size_t before = records.size();
        fail_intents(records, why);
        queued_ -= before - records.size();
        std::stable_sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
            return rank_of(a) < rank_of(b);
        });
        while (!records.empty()) {
            lock.unlock();
            auto done = store_->append({records.data(), 1});
            lock.lock();
            if (done) {
                written(1);
            } else if (done.error().kind == ErrorKind::refused) {
                ++counters_.rejected_records;
                --queued_;
            } else {
                write_failed(std::move(done.error()));
                return;
            }
            records.erase(records.begin());
        }
        if (std::vector<KeptNotice>& notices = queue_.front().notices; !notices.empty()) {
            lock.unlock();
            auto done = store_->append({}, notices);
            lock.lock();
            if (!done) {
                write_failed(std::move(done.error()));
                return;
            }
            written(notices.size());
        }
        queue_.pop_front();
        set_healthy();
    }

    const LedgerOptions options_;
    const StoreOptions reopen_;
    std::optional<Store> store_;  // of the ledger's thread

    mutable std::mutex mutex_;
    std::condition_variable work_changed_;
    std::condition_variable ended_changed_;
    // All below by the mutex.
    std::deque<Batch> queue_;
    std::size_t queued_ = 0;  // records in it
    std::deque<Query> queries_;
    std::optional<Stamp> prune_at_;
    bool prune_synchronised_ = false;
    std::vector<LedgerEvent> events_;
    std::vector<std::function<void()>> answers_;
    LedgerCounters counters_;
    Duration backoff_;
    std::string problem_;
    bool has_store_ = false;
    bool healthy_ = true;
    bool restart_wanted_ = false;
    bool stopping_ = false;
    bool ended_ = false;
    const int event_fd_;
    friend class Ledger;
    std::thread thread_;  // of the loop thread
};

Ledger::Ledger(std::optional<Store> store, StoreOptions reopen, LedgerOptions options)
    : impl_(std::make_shared<Impl>(std::move(store), std::move(reopen), options)) {
    // Signals are the loop's.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    impl_->thread_ = std::thread{[impl = impl_] { impl->run(); }};
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Ledger::~Ledger() {
    static_cast<void>(stop(std::chrono::seconds{2}));
}

int Ledger::fd() const {
    return impl_->fd();
}
LedgerNewsBatch Ledger::drain() {
    return impl_->drain();
}
bool Ledger::submit(std::vector<Record> batch, Instant now, std::vector<KeptNotice> notices) {
    return impl_->submit(std::move(batch), now, std::move(notices));
}
bool Ledger::submit_query(std::function<void(Store&)> work, std::function<void(bool)> done) {
    return impl_->submit_query(std::move(work), std::move(done));
}
void Ledger::prune(Stamp now, bool clock_synchronised) {
    impl_->prune(now, clock_synchronised);
}
std::optional<Instant> Ledger::oldest_pending() const {
    return impl_->oldest_pending();
}
bool Ledger::healthy() const {
    return impl_->healthy();
}
LedgerCounters Ledger::counters() const {
    return impl_->counters();
}
std::string Ledger::problem() const {
    return impl_->problem();
}

bool Ledger::stop(Duration deadline) {
    bool all_written = false;
    const bool ended = impl_->stop(deadline, all_written);
    if (impl_->thread_.joinable()) {
        if (ended) {
            impl_->thread_.join();
        } else {
            impl_->thread_.detach();
        }
    }
    return ended && all_written;
}

}  // namespace primum::ledger
