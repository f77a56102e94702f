// SPDX-License-Identifier: MIT
#include "daemon/notice/page_sender.hpp"

#include <algorithm>
#include <utility>

namespace primum::notice {

PageSender::PageSender(systemd::EventLoop& loop,
                       const Clock& clock,
                       PageQueue& queue,
                       const Origin& origin,
                       Duration answer_within,
                       const Ports& ports)
    : loop_(loop),
      clock_(clock),
      queue_(queue),
      origin_(origin),
      answer_within_(answer_within),
      ports_(ports),
      backoff_(ports.seed),
      not_before_(clock.now().t) {}

void PageSender::wake() {
    for (const auto& page : queue_.take_dropped()) {
        ports_.count(Channel::exec, page.kind, Result::dropped);
        ports_.tell(false, "too many pages wait for their program; dropped: " + page.text);
    }
    if (out_ == 0) {
        arm();
    }
}

void PageSender::arm() {
    timer_.reset();
    if (queue_.front() != nullptr) {
        timer_ = loop_.at(std::max(not_before_, clock_.now().t), [this] { send(); });
    }
}

void PageSender::send() {
    timer_.reset();
    const auto* page = queue_.front();
    if (page == nullptr) {
        return;
    }
    out_ = page->number;
    const auto run = ++run_;
    timer_ = loop_.at(clock_.now().t + answer_within_,
                      [this, run] { ended(run, {ProgramEnd::How::not_run, "no answer in time"}); });
    ports_.run(page_json(*page, origin_), [this, run](const ProgramEnd& end) { ended(run, end); });
}

void PageSender::ended(std::uint64_t run, const ProgramEnd& end) {
    if (run != run_ || out_ == 0) {
        return;
    }
    const auto number = std::exchange(out_, 0);
    const auto* page = queue_.front();
    // It may have been dropped meanwhile.
    if (page != nullptr && page->number == number) {
        const auto kind = page->kind;
        const auto text = page->text;
        if (end.how == ProgramEnd::How::done) {
            queue_.delivered(number);
            ports_.count(Channel::exec, kind, Result::delivered);
        } else {
            ports_.count(Channel::exec, kind, Result::failed);
            if (end.how == ProgramEnd::How::failed && queue_.failed(number)) {
                ports_.count(Channel::exec, kind, Result::dropped);
                ports_.tell(false, "a page is given up, its program failed too often: " + text);
            }
        }
    }
    queue_.tidy(clock_.now().wall);
    if (end.how == ProgramEnd::How::done) {
        backoff_.succeeded();
        if (!std::exchange(problem_, {}).empty()) {
            ports_.tell(true, "the program for pages does its work again");
        }
    } else {
        not_before_ = clock_.now().t + backoff_.failed();
        if (std::exchange(problem_, end.detail).empty()) {
            ports_.tell(false, "the program for pages: " + end.detail + "; it is run again");
        }
    }
    ports_.keep();
    arm();
}

}  // namespace primum::notice
