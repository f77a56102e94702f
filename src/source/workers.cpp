// SPDX-License-Identifier: MIT
#include "source/workers.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace primum::source {

// What the loop's side and the threads have in common; the last of them to go takes it along.
struct Workers::Shared {
    struct Job {
        std::uint64_t id = 0;
        std::function<void()> work;
    };

    explicit Shared(std::size_t most)
        : most_threads_allowed(most), wake_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        PRIMUM_CHECK(wake_fd >= 0);
    }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { ::close(wake_fd); }

    void work() {
        std::unique_lock lock{mutex};
        while (true) {
            something.wait(lock, [this] { return closing || !waiting.empty(); });
            --idle;
            if (closing) {
                --alive;
                ended.notify_all();
                return;
            }
            auto job = std::move(waiting.front());
            waiting.pop_front();
            lock.unlock();
            job.work();
            job.work = nullptr;
            lock.lock();
            finished.push_back(job.id);
            ++idle;
            const std::uint64_t one = 1;
            [[maybe_unused]] const auto told = ::write(wake_fd, &one, sizeof one);
        }
    }

    // Whether another thread is needed; the caller holds the lock.
    [[nodiscard]] bool short_of_threads() const {
        return waiting.size() > idle && alive < most_threads_allowed;
    }

    const std::size_t most_threads_allowed;
    const int wake_fd;
    std::mutex mutex;
    std::condition_variable something;
    std::condition_variable ended;
    std::deque<Job> waiting;
    std::vector<std::uint64_t> finished;
    std::size_t alive = 0;
    std::size_t idle = 0;  // those that are about to begin included
    bool closing = false;
};

Workers::Workers(systemd::EventLoop& loop, std::size_t threads)
    : loop_(loop), shared_(std::make_shared<Shared>(threads)) {
    io_ = loop_.on_io(shared_->wake_fd, EPOLLIN, [this](std::uint32_t) { finished(); });
}

Workers::~Workers() {
    std::unique_lock lock{shared_->mutex};
    shared_->closing = true;
    shared_->waiting.clear();
    shared_->something.notify_all();
    shared_->ended.wait_for(lock, patience, [this] { return shared_->alive == 0; });
}

Workers::Ticket Workers::run(std::function<void()> work, std::function<void()> done) {
    const auto id = next_++;
    const std::lock_guard lock{shared_->mutex};
    shared_->waiting.push_back({id, std::move(work)});
    if (shared_->short_of_threads()) {
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        ++shared_->alive;
        ++shared_->idle;
        std::thread{[shared = shared_] { shared->work(); }}.detach();
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    shared_->something.notify_one();
    const std::shared_ptr<std::function<void()>> ticket{
        new std::function<void()>{std::move(done)},
        [id, weak = std::weak_ptr{shared_}](std::function<void()>* held) {
            delete held;
            if (const auto shared = weak.lock()) {
                const std::lock_guard held_lock{shared->mutex};
                std::erase_if(shared->waiting, [id](const auto& job) { return job.id == id; });
            }
        }};
    done_.emplace(id, ticket);
    return ticket;
}

std::size_t Workers::threads() const {
    const std::lock_guard lock{shared_->mutex};
    return shared_->alive;
}

void Workers::finished() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(shared_->wake_fd, &count, sizeof count);
    std::vector<std::uint64_t> ids;
    {
        const std::lock_guard lock{shared_->mutex};
        ids.swap(shared_->finished);
    }
    for (const auto id : ids) {
        const auto found = done_.extract(id);
        const auto done = found.empty() ? nullptr : found.mapped().lock();
        if (done != nullptr) {
            (*done)();
        }
    }
    std::erase_if(done_, [](const auto& entry) { return entry.second.expired(); });
}

}  // namespace primum::source
