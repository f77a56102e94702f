// SPDX-License-Identifier: MIT
#include "ctl/direct_rollback.hpp"

#include "ctl/switches.hpp"
#include "ctl/text.hpp"
#include "remedy/wire.hpp"

#include <primum/names.hpp>
#include <primum/result.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <variant>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

// Longer than any way back takes: an hour is the longest timeout that rules can name.
constexpr timeval patience{3'700, 0};

class Socket {
public:
    Socket() : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

std::string trouble(const std::string& path, const char* what) {
    return fmt::format(
        "{} {}: {}", what, path, std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
}

Result<void, std::string> connect_to(const Socket& socket, const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return fail(std::string("the path of the socket is too long"));
    }
    path.copy(address.sun_path, path.size());
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (socket.get() < 0 || ::connect(socket.get(), generic, sizeof address) != 0) {
        return fail(trouble(path, "nobody answers at"));
    }
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return {};
}

// The next whole answer.
Result<remedy::Reply, std::string> receive(const Socket& socket, const std::string& path) {
    remedy::FrameReader frames;
    std::array<char, 16'384> buffer{};
    for (;;) {
        const auto frame = frames.next();
        if (!frame.has_value()) {
            return fail(frame.error().message);
        }
        if (frame->has_value()) {
            auto reply = remedy::decode_reply(**frame);
            if (!reply.has_value()) {
                return fail(reply.error().message);
            }
            return std::move(*reply);
        }
        const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return fail(got == 0 ? "the actuator has let go" : trouble(path, "no answer from"));
        }
        frames.feed({buffer.data(), static_cast<std::size_t>(got)});
    }
}

Result<ActionEvent, std::string> ask(const std::string& path, const std::string& action) {
    const Socket socket;
    const auto connected = connect_to(socket, path);
    if (!connected.has_value()) {
        return fail(connected.error());
    }
    const auto bytes = remedy::encode(remedy::Request{remedy::RollbackRequest{action}});
    if (::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
        return fail(trouble(path, "cannot write to"));
    }
    const auto reply = receive(socket, path);
    if (!reply.has_value()) {
        return fail(reply.error());
    }
    if (const auto* error = std::get_if<remedy::ErrorReply>(&*reply)) {
        return fail(fmt::format("{} ({})", error->detail, name_of(error->code)));
    }
    const auto* event = std::get_if<ActionEvent>(&*reply);
    if (event == nullptr) {
        return fail(std::string("the actuator answered something else"));
    }
    return *event;
}

Exit refuse(const std::string& what, Exit exit, const Command& command, Surroundings& world) {
    if (command.json) {
        world.out << failure_json({CallFailure::Kind::refused, "org.primum.Error.Rollback", what});
    }
    world.err << "primumctl: " << printable(what, true) << "\n";
    return exit;
}

}  // namespace

Exit roll_back_directly(const CallFailure& why, const Command& command, Surroundings& world) {
    const auto answer = ask(world.actuator_socket, command.action);
    if (!answer.has_value()) {
        return refuse(
            fmt::format(
                "{}, and the actuator cannot be asked either: {}", advice(why), answer.error()),
            Exit::unreachable,
            command,
            world);
    }
    if (answer->phase != ActionPhase::rolled_back) {
        std::string what =
            fmt::format("action {} was not rolled back: {}", command.action, answer->detail);
        if (answer->refusal != Refusal::none) {
            what += fmt::format(" ({})", name_of(answer->refusal));
        }
        if (!answer->facts.conflict.empty()) {
            what += '\n' + answer->facts.conflict;
        }
        return refuse(what,
                      answer->refusal == Refusal::unknown_action ? Exit::usage : Exit::temporary,
                      command,
                      world);
    }
    const Reply reply{fmt::format("{}, so the actuator was asked itself: action {} is rolled back: "
                                  "{}. primumd learns of it when it is asked again",
                                  advice(why),
                                  command.action,
                                  answer->detail),
                      std::nullopt};
    world.out << (command.json ? reply_json(reply) : printable(reply.text, true) + "\n");
    return Exit::ok;
}

}  // namespace primum::ctl
