// SPDX-License-Identifier: MIT
#include "systemd/output_keeper.hpp"

#include <algorithm>

namespace primum::systemd {

void OutputKeeper::add(std::string_view bytes) {
    total_ += bytes.size();
    const auto to_head = std::min(bytes.size(), half_ - head_.size());
    head_.append(bytes.substr(0, to_head));
    bytes.remove_prefix(to_head);
    if (bytes.size() > half_) {
        bytes.remove_prefix(bytes.size() - half_);
    }
    const auto to_end = std::min(bytes.size(), half_ - tail_.size());
    tail_.append(bytes.substr(0, to_end));
    bytes.remove_prefix(to_end);
    for (const char byte : bytes) {
        tail_[next_] = byte;
        next_ = (next_ + 1) % half_;
    }
}

std::string OutputKeeper::text() const {
    const auto kept = head_.size() + tail_.size();
    std::string text = head_;
    if (total_ > kept) {
        text += "\n[... " + std::to_string(total_ - kept) + " bytes left out ...]\n";
    }
    text += tail_.substr(next_);
    text += tail_.substr(0, next_);
    return text;
}

}  // namespace primum::systemd
