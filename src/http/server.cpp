// SPDX-License-Identifier: MIT
#include "http/server.hpp"

#include "http/listen_socket.hpp"

#include <primum/check.hpp>

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <utility>

#include <microhttpd.h>
#include <sys/epoll.h>

namespace primum::http {
namespace {

struct Response {
    MHD_Response* raw;

    explicit Response(const Reply& reply)
        // MHD copies the body; it does not write to what it is given.
        : raw(MHD_create_response_from_buffer(reply.body.size(),
                                              const_cast<char*>(reply.body.data()),  // NOLINT
                                              MHD_RESPMEM_MUST_COPY)) {
        PRIMUM_CHECK(raw != nullptr);
        header(MHD_HTTP_HEADER_CONTENT_TYPE, reply.content_type.c_str());
        header("X-Content-Type-Options", "nosniff");
    }
    Response(const Response&) = delete;
    Response& operator=(const Response&) = delete;
    ~Response() { MHD_destroy_response(raw); }

    void header(const char* name, const char* value) const {
        PRIMUM_CHECK(MHD_add_response_header(raw, name, value) == MHD_YES);
    }
};

constexpr std::string_view only_get = "only GET and HEAD\n";

std::string_view header_of(MHD_Connection* connection, const char* name) {
    const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value != nullptr ? std::string_view{value} : std::string_view{};
}

Reply text_reply(unsigned status, std::string_view text) {
    return {status, Reply{}.content_type, std::string{text}};
}

// A POST that is being read.
struct Upload {
    std::optional<Reply> refusal;  // then the body is thrown away
    std::string body;
    std::size_t expected = 0;  // bytes of the body that count against the limit of all
};

}  // namespace

class Server::Impl {
public:
    Impl(systemd::EventLoop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        io_.reset();
        timer_.reset();
        if (daemon_ != nullptr) {
            MHD_stop_daemon(daemon_);  // closes the listening socket as well
        }
    }

    Result<void, HttpError> start(ListenSocket socket, const ServerLimits& limits) {
        limits_ = limits;
        daemon_ = MHD_start_daemon(MHD_USE_EPOLL,
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
        if (std::string_view{method} == MHD_HTTP_METHOD_POST && server->takes_posts(path)) {
            return server->post(connection, path, {upload, *upload_bytes}, upload_bytes, state);
        }
        // A reply to the first call would end the connection: it stands for "do not send more".
        if (*state == nullptr && may_be_answered(method)) {
            *state = server;
            return MHD_YES;
        }
        return server->answer(connection, path, method);
    }

    static void on_completed(void* self,
                             MHD_Connection* /*connection*/,
                             void** state,
                             MHD_RequestTerminationCode /*how*/) {
        auto* server = static_cast<Impl*>(self);
        if (*state != nullptr && *state != server) {
            const std::unique_ptr<Upload> ended{static_cast<Upload*>(*state)};
            server->bodies_ -= ended->expected;
        }
        *state = nullptr;
    }

    [[nodiscard]] bool takes_posts(std::string_view path) const {
        return posts_.take && path.starts_with(posts_path_) &&
               (path.size() == posts_path_.size() || path[posts_path_.size()] == '/');
    }

    // The head first, then the body in pieces, then an empty piece.
    MHD_Result post(MHD_Connection* connection,
                    const char* path,
                    std::string_view piece,
                    std::size_t* left,
                    void** state) {
        Post request{path,
                     header_of(connection, MHD_HTTP_HEADER_AUTHORIZATION),
                     header_of(connection, MHD_HTTP_HEADER_CONTENT_TYPE),
                     {}};
        if (*state == nullptr) {
            auto upload = begin(connection, request);
            const bool answered_at_once = upload->refusal && upload->expected == 0;
            *state = upload.release();  // on_completed lets go of it
            return answered_at_once ? reply(connection, *static_cast<Upload*>(*state)->refusal)
                                    : MHD_YES;
        }
        auto& upload = *static_cast<Upload*>(*state);
        if (!piece.empty()) {
            if (!upload.refusal && upload.body.size() + piece.size() <= upload.expected) {
                upload.body.append(piece);
            }
            *left = 0;
            return MHD_YES;
        }
        request.body = upload.body;
        return reply(connection, upload.refusal ? *upload.refusal : posts_.take(request));
    }

    // `expected` stays 0 where nothing of the body is to be read.
    [[nodiscard]] std::unique_ptr<Upload> begin(MHD_Connection* connection, const Post& request) {
        auto upload = std::make_unique<Upload>();
        const auto text = header_of(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
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
        return MHD_queue_response(connection, reply.status, response.raw);
    }

    MHD_Result answer(MHD_Connection* connection,
                      const std::string& path,
                      std::string_view method) const {
        if (!may_be_answered(method)) {
            const Response response{text_reply(MHD_HTTP_METHOD_NOT_ALLOWED, only_get)};
            response.header(MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
            return MHD_queue_response(connection, MHD_HTTP_METHOD_NOT_ALLOWED, response.raw);
        }
        const auto found = handlers_.find(path);
        const auto reply =
            found != handlers_.end()
                ? found->second()
                : Reply{MHD_HTTP_NOT_FOUND, Reply{}.content_type, "no such page; / lists them\n"};
        const Response response{reply};
        return MHD_queue_response(connection, reply.status, response.raw);
    }

    systemd::EventLoop& loop_;
    const Clock& clock_;
    MHD_Daemon* daemon_ = nullptr;
    systemd::LoopSource io_;
    systemd::LoopSource timer_;
    std::uint16_t port_ = 0;
    std::map<std::string, Handler> handlers_;
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
        if (auto started = impl->start(std::move(*socket), limits); !started) {
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

void Server::handle_posts(std::string path, PostHandler handler) {
    impl_->handle_posts(std::move(path), std::move(handler));
}

std::uint16_t Server::port() const {
    return impl_->port();
}

}  // namespace primum::http
