// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/result.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::http {

struct Reply {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers = {};  // more of them
};

// A GET, or a HEAD, which is answered alike; its body is left out on the way.
struct Request {
    std::string path;
    std::map<std::string, std::string, std::less<>> query = {};  // the last of each name
    std::string if_none_match = {};
};

// A POST. What the client did not say is empty; all of it is valid during the call only.
struct Post {
    std::string_view path;
    std::string_view authorization;
    std::string_view content_type;
    std::string_view body;
};

// Who takes POSTs. Runs on the loop; must not block.
struct PostHandler {
    std::size_t body_bytes = std::size_t{1} << 20U;  // of one; a longer one is answered 413
    // Before the body is read (it is empty): a reply refuses the request, and its body is thrown
    // away as it comes.
    std::function<std::optional<Reply>(const Post&)> admit;
    std::function<Reply(const Post&)> take;
};

// Makes the reply to a GET of one path. Runs on the loop; must not block.
using Handler = std::function<Reply()>;

// To be called on the loop, at once or later; only the first call counts, and none once the client
// or the server is gone.
using Answer = std::function<void(Reply)>;
// As Handler, for all paths beneath one, with an answer that may come later: it must come, for the
// connection waits.
using LaterHandler = std::function<void(const Request&, Answer)>;

struct HttpError {
    enum class Kind : std::uint8_t { bad_address, in_use, not_permitted, system } kind{};
    std::string message;  // says what to do next
};

struct ServerLimits {
    unsigned connections = 64;                   // more than these wait in the backlog
    unsigned timeout_seconds = 10;               // of a connection on which nothing moves
    std::size_t connection_bytes = 16UL * 1024;  // request line and headers
    std::size_t bodies_bytes = 8UL << 20U;       // of all POSTs at once; beyond it 503
    unsigned waiting = 32;                       // for a later answer; more of them get 503
};

// Answers GET and HEAD on exact paths, and POST beneath one, on the one loop: no thread, and no
// connection can delay another or the loop. Other methods get 405, other paths 404, both with a
// text that helps. A POST must say its Content-Length.
//
// Every reply forbids a browser whatever is not the server's own (Content-Security-Policy). Where
// it listens on a loopback address, a request must name this host by an address or as localhost;
// else 421: a page of somebody else's, whose name leads here, reads nothing.
class Server {
public:
    // Listens on "address:port" (IPv4) or "[address]:port" (IPv6); numeric addresses only; port 0
    // lets the kernel choose; "" gives a server that is off.
    [[nodiscard]] static Result<std::unique_ptr<Server>, HttpError> listen(
        systemd::EventLoop& loop,
        const Clock& clock,
        std::string_view address,
        const ServerLimits& limits = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Replaces what was there for the path before. Query strings are not part of the path.
    void handle(std::string path, Handler handler);

    // GETs of `path`, and of what is beneath it, unless a handler of its own has it. The longest
    // path wins.
    void handle_beneath(std::string path, LaterHandler handler);

    // POSTs of `path`, and of what is beneath it. Replaces what was there before.
    void handle_posts(std::string path, PostHandler handler);

    // 0 when off.
    [[nodiscard]] std::uint16_t port() const;

private:
    class Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace primum::http
