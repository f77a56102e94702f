// SPDX-License-Identifier: MIT
#include "source/push_peer.hpp"

#include "event/json_writer.hpp"

#include <cstring>

namespace primum::source {
namespace {

constexpr std::size_t max_detail_bytes = 200;

}  // namespace

std::string answer_line(std::uint64_t line, const PushError& error) {
    std::string text;
    event::JsonWriter json{text};
    json.begin_object();
    json.key("v");
    json.value(1);
    json.key("line");
    json.value(line);
    json.key("refused");
    json.value(name_of(error.code));
    if (!error.detail.empty()) {
        json.key("detail");
        json.value(std::string_view{error.detail}.substr(0, max_detail_bytes));
    }
    json.end_object();
    text += '\n';
    return text;
}

bool send_whole(int fd, std::string_view text) {
    return ::send(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
}

std::optional<uid_t> sender_of(const msghdr& message) {
    std::optional<uid_t> uid;
    for (const auto* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(const_cast<msghdr*>(&message), const_cast<cmsghdr*>(part))) {  // NOLINT
        if (part->cmsg_level != SOL_SOCKET) {
            continue;
        }
        if (part->cmsg_type == SCM_CREDENTIALS && part->cmsg_len >= CMSG_LEN(sizeof(ucred))) {
            ucred sender{};
            std::memcpy(&sender, CMSG_DATA(part), sizeof sender);
            uid = sender.uid;
        } else if (part->cmsg_type == SCM_RIGHTS) {
            const auto count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
                ::close(fd);
            }
        }
    }
    return uid;
}

}  // namespace primum::source
