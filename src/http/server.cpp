// SPDX-License-Identifier: MIT
#include "http/server.hpp"

#include "http/host_guard.hpp"
#include "http/listen_socket.hpp"
#include "http/response.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <set>
#include <utility>

#include <microhttpd.h>
#include <sys/epoll.h>

namespace primum::http {
namespace {

constexpr std::string_view only_get = "only GET and HEAD\n";
constexpr std::string_view wrong_host =
    "this page is asked for by an address of this host, or as localhost\n";

// A POST that is being read.
struct Upload {
    std::optional<Reply> refusal;  // then the body is thrown away
    std::string body;
    std::size_t expected = 0;  // bytes of the body that count against the limit of all
};

// A request from its head to the end of its reply.
struct Exchange {
    std::unique_ptr<Upload> upload;
    MHD_Connection* connection = nullptr;
    bool asked = false;      // the handler has been called
    bool suspended = false;  // the connection waits for the answer
    std::optional<Reply> reply;
};
using SharedExchange = std::shared_ptr<Exchange>;

// MHD_GET_ARGUMENT_KIND, as MHD gives them: decoded.
MHD_Result add_argument(void* query, MHD_ValueKind /*kind*/, const char* name, const char* value) {
    (*static_cast<decltype(Request::query)*>(query))[name] = value != nullptr ? value : "";
    return MHD_YES;
}

bool is_beneath(std::string_view path, std::string_view top) {
    return path.starts_with(top) &&
           (path.size() == top.size() || top.back() == '/' || path[top.size()] == '/');
}

}  // namespace

class Server::Impl {
public:
    Impl(systemd::EventLoop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        io_.reset();
        timer_.reset();
        wake_.reset();
        if (daemon_ == nullptr) {
            return;
        }
        closing_ = true;
        while (!suspended_.empty()) {  // MHD may not be stopped while one is suspended
            resume(**suspended_.begin(), text_reply(MHD_HTTP_SERVICE_UNAVAILABLE, "ending\n"));
        }
        wake_.reset();
        MHD_run(daemon_);
        MHD_stop_daemon(daemon_);  // closes the listening socket as well
    }

    Result<void, HttpError> start(ListenSocket socket,
                                  const ServerLimits& limits,
                                  bool only_loopback) {
        limits_ = limits;
        only_loopback_ = only_loopback;
        daemon_ = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME,
                                   0,
                                   nullptr,
                                   nullptr,
                                   &Impl::on_request,
                                   this,
                                   MHD_OPTION_LISTEN_SOCKET,
                                   socket.fd(),
                                   MHD_OPTION_CONNECTION_LIMIT,
                                   limits.connections,
                                   MHD_OPTION_CONNECTION_TIMEOUT,
                                   limits.timeout_seconds,
                                   MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                   limits.connection_bytes,
                                   MHD_OPTION_NOTIFY_COMPLETED,
                                   &Impl::on_completed,
                                   this,
                                   MHD_OPTION_END);
        if (daemon_ == nullptr) {
            return fail(HttpError{HttpError::Kind::system, "cannot start the HTTP server"});
        }
        port_ = socket.port();
        socket.release();
        const auto* info = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD);
        PRIMUM_CHECK(info != nullptr && info->epoll_fd >= 0);
        io_ = loop_.on_io(info->epoll_fd, EPOLLIN, [this](std::uint32_t) { turn(); });
        return {};
    }

    void handle(std::string path, Handler handler) {
        handlers_.insert_or_assign(std::move(path), std::move(handler));
    }
    void handle_beneath(std::string path, LaterHandler handler) {
        beneath_.insert_or_assign(std::move(path), std::move(handler));
    }
    void handle_posts(std::string path, PostHandler handler) {
        posts_path_ = std::move(path);
        posts_ = std::move(handler);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    static bool may_be_answered(std::string_view method) {
        return method == MHD_HTTP_METHOD_GET || method == MHD_HTTP_METHOD_HEAD;
    }

    [[nodiscard]] unsigned connections() const {
        const auto* info = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
        return info != nullptr ? info->num_connections : 0;
    }

    void turn() {
        const auto before = connections();
        MHD_run(daemon_);
        if (connections() < before) {
            MHD_run(daemon_);  // at its limit it listens again only in the run after an end
        }
        timer_.reset();
        MHD_UNSIGNED_LONG_LONG wait_ms = 0;
        if (MHD_get_timeout(daemon_, &wait_ms) == MHD_YES) {
            timer_ = loop_.at(
                clock_.now().t + std::chrono::milliseconds{static_cast<std::int64_t>(wait_ms)},
                [this] { turn(); });
        }
    }

    // NOLINTNEXTLINE(readability-function-size): libmicrohttpd's own signature
    static MHD_Result on_request(void* self,
                                 MHD_Connection* connection,
                                 const char* path,
                                 const char* method,
                                 const char* /*version*/,
                                 const char* upload,
                                 std::size_t* upload_bytes,
                                 void** state) {
        auto* server = static_cast<Impl*>(self);
        const bool is_head = *state == nullptr;
        if (is_head) {
            *state = new SharedExchange{std::make_shared<Exchange>()};  // NOLINT: see on_completed
        }
        const auto exchange = *static_cast<SharedExchange*>(*state);
        exchange->connection = connection;
        if (std::string_view{method} == MHD_HTTP_METHOD_POST && server->takes_posts(path)) {
            return server->post(*exchange, path, {upload, *upload_bytes}, upload_bytes);
        }
        // A reply to the first call would end the connection: it stands for "do not send more".
        if (is_head && may_be_answered(method)) {
            return MHD_YES;
        }
        return server->answer(exchange, path, method);
    }

    static void on_completed(void* self,
                             MHD_Connection* /*connection*/,
                             void** state,
                             MHD_RequestTerminationCode /*how*/) {
        auto* server = static_cast<Impl*>(self);
        const std::unique_ptr<SharedExchange> ended{static_cast<SharedExchange*>(*state)};
        *state = nullptr;
        if (ended != nullptr) {
            server->suspended_.erase(*ended);
            server->bodies_ -= (*ended)->upload ? (*ended)->upload->expected : 0;
        }
    }

    [[nodiscard]] bool takes_posts(std::string_view path) const {
        return posts_.take && is_beneath(path, posts_path_);
    }

    // The head first, then the body in pieces, then an empty piece.
    MHD_Result post(Exchange& exchange,
                    const char* path,
                    std::string_view piece,
                    std::size_t* left) {
        Post request{path,
                     header_of(exchange.connection, MHD_HTTP_HEADER_AUTHORIZATION),
                     header_of(exchange.connection, MHD_HTTP_HEADER_CONTENT_TYPE),
                     {}};
        if (exchange.upload == nullptr) {
            exchange.upload = begin(exchange.connection, request);
            const bool answered_at_once =
                exchange.upload->refusal && exchange.upload->expected == 0;
            return answered_at_once ? reply(exchange.connection, *exchange.upload->refusal)
                                    : MHD_YES;
        }
        auto& upload = *exchange.upload;
        if (!piece.empty()) {
            if (!upload.refusal && upload.body.size() + piece.size() <= upload.expected) {
                upload.body.append(piece);
            }
            *left = 0;
            return MHD_YES;
        }
        request.body = upload.body;
        return reply(exchange.connection, upload.refusal ? *upload.refusal : posts_.take(request));
    }

    // `expected` stays 0 where nothing of the body is to be read.
    [[nodiscard]] std::unique_ptr<Upload> begin(MHD_Connection* connection, const Post& request) {
        auto upload = std::make_unique<Upload>();
        const auto text = header_of(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (!may_ask(connection)) {
            upload->refusal = text_reply(MHD_HTTP_MISDIRECTED_REQUEST, wrong_host);
        } else if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
            upload->refusal = text_reply(MHD_HTTP_LENGTH_REQUIRED, "a Content-Length is needed\n");
        } else if (length > posts_.body_bytes) {
            upload->refusal =
                text_reply(MHD_HTTP_CONTENT_TOO_LARGE,
                           fmt::format("more than {} bytes are not read\n", posts_.body_bytes));
        } else if (bodies_ + length > limits_.bodies_bytes) {
            upload->refusal = text_reply(MHD_HTTP_SERVICE_UNAVAILABLE, "too much at once\n");
        } else {
            upload->refusal = posts_.admit ? posts_.admit(request) : std::nullopt;
            upload->expected = length;
            bodies_ += length;
        }
        return upload;
    }

    static MHD_Result reply(MHD_Connection* connection, const Reply& reply) {
        const Response response{reply};
        if (reply.status == MHD_HTTP_UNAUTHORIZED) {
            response.header(MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
        }
        return response.queue(connection, reply.status);
    }

    [[nodiscard]] bool may_ask(MHD_Connection* connection) const {
        return !only_loopback_ || names_loopback(header_of(connection, MHD_HTTP_HEADER_HOST));
    }

    MHD_Result answer(const SharedExchange& exchange, const char* path, std::string_view method) {
        auto* connection = exchange->connection;
        if (!may_be_answered(method)) {
            const Response response{text_reply(MHD_HTTP_METHOD_NOT_ALLOWED, only_get)};
            response.header(MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
            return response.queue(connection, MHD_HTTP_METHOD_NOT_ALLOWED);
        }
        if (!exchange->asked) {
            exchange->asked = true;
            ask(exchange, path);
        }
        if (exchange->reply) {
            return reply(connection, *exchange->reply);
        }
        if (suspended_.size() >= limits_.waiting) {
            return reply(connection,
                         text_reply(MHD_HTTP_SERVICE_UNAVAILABLE, "too many wait; try again\n"));
        }
        exchange->suspended = true;
        suspended_.insert(exchange);
        MHD_suspend_connection(connection);
        return MHD_YES;
    }

    // Has the reply made, now or later.
    void ask(const SharedExchange& exchange, const std::string& path) {
        auto* connection = exchange->connection;
        const auto found = handlers_.find(path);
        if (closing_) {
            exchange->reply = text_reply(MHD_HTTP_SERVICE_UNAVAILABLE, "ending\n");
        } else if (!may_ask(connection)) {
            exchange->reply = text_reply(MHD_HTTP_MISDIRECTED_REQUEST, wrong_host);
        } else if (found != handlers_.end()) {
            exchange->reply = found->second();
        } else if (const auto* handler = longest_above(path)) {
            Request request{path};
            MHD_get_connection_values(
                connection, MHD_GET_ARGUMENT_KIND, &add_argument, &request.query);
            request.if_none_match = header_of(connection, MHD_HTTP_HEADER_IF_NONE_MATCH);
            // Whoever answers does not know when the exchange ends, nor the server.
            (*handler)(request, [this, waiting = std::weak_ptr{exchange}](Reply made) {
                if (const auto lives = waiting.lock(); lives && !lives->reply) {
                    resume(*lives, std::move(made));
                }
            });
        } else {
            exchange->reply = text_reply(MHD_HTTP_NOT_FOUND, "no such page; / shows the status\n");
        }
    }

    [[nodiscard]] const LaterHandler* longest_above(std::string_view path) const {
        const LaterHandler* found = nullptr;
        std::size_t longest = 0;
        for (const auto& [top, handler] : beneath_) {
            if (top.size() >= longest && is_beneath(path, top)) {
                longest = top.size();
                found = &handler;
            }
        }
        return found;
    }

    void resume(Exchange& exchange, Reply made) {
        exchange.reply = std::move(made);
        if (std::exchange(exchange.suspended, false)) {
            std::erase_if(suspended_, [&](const auto& each) { return each.get() == &exchange; });
            MHD_resume_connection(exchange.connection);
            wake_ = loop_.soon([this] { turn(); });  // MHD goes on in its next run only
        }
    }

    systemd::EventLoop& loop_;
    const Clock& clock_;
    MHD_Daemon* daemon_ = nullptr;
    systemd::LoopSource io_;
    systemd::LoopSource timer_;
    systemd::LoopSource wake_;
    std::uint16_t port_ = 0;
    std::map<std::string, Handler> handlers_;
    std::map<std::string, LaterHandler> beneath_;
    std::set<SharedExchange> suspended_;
    bool only_loopback_ = false;
    bool closing_ = false;
    ServerLimits limits_;
    std::string posts_path_;
    PostHandler posts_;
    std::size_t bodies_ = 0;  // bytes of all that are being read
};

Result<std::unique_ptr<Server>, HttpError> Server::listen(systemd::EventLoop& loop,
                                                          const Clock& clock,
                                                          std::string_view address,
                                                          const ServerLimits& limits) {
    auto impl = std::make_unique<Impl>(loop, clock);
    if (!address.empty()) {
        auto socket = ListenSocket::open(address);
        if (!socket) {
            return fail(std::move(socket.error()));
        }
        if (auto started = impl->start(std::move(*socket), limits, is_loopback(address));
            !started) {
            return fail(std::move(started.error()));
        }
    }
    return std::unique_ptr<Server>{new Server{std::move(impl)}};
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

void Server::handle(std::string path, Handler handler) {
    impl_->handle(std::move(path), std::move(handler));
}

void Server::handle_beneath(std::string path, LaterHandler handler) {
    impl_->handle_beneath(std::move(path), std::move(handler));
}

void Server::handle_posts(std::string path, PostHandler handler) {
    impl_->handle_posts(std::move(path), std::move(handler));
}

std::uint16_t Server::port() const {
    return impl_->port();
}

}  // namespace primum::http
