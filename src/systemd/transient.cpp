// SPDX-License-Identifier: MIT
#include "systemd/transient.hpp"

#include "systemd/output_keeper.hpp"
#include "systemd/properties.hpp"

#include <primum/check.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <optional>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

namespace primum::systemd {
namespace {

// Read in one turn of the loop, so that one that prints without end does not keep the others out.
constexpr std::size_t read_a_turn = 256 * std::size_t{1024};
// Read at the very end: what the pipe holds at most, and then some.
constexpr std::size_t read_at_end = 4 * std::size_t{1024} * 1024;
constexpr Duration systemd_waits_longer = std::chrono::seconds{5};
constexpr Duration end_within = std::chrono::seconds{10};
constexpr std::uint64_t no_figure = UINT64_MAX;

class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    ~Descriptor() { reset(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    void reset(int fd = -1) {
        if (fd_ >= 0) {
            ::close(fd_);
        }
        fd_ = fd;
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

// What goes to systemd, kept until it is sent.
struct Package {
    TransientSpec spec;
    Descriptor output;  // the end that is written to
    Descriptor input;
};

bool fill_input(const std::string& text, Descriptor& out) {
    out.reset(::memfd_create("primum-input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    std::size_t written = 0;
    while (out.get() >= 0 && written < text.size()) {
        const auto now = ::write(out.get(), text.data() + written, text.size() - written);
        if (now <= 0) {
            return false;
        }
        written += static_cast<std::size_t>(now);
    }
    return out.get() >= 0 && ::lseek(out.get(), 0, SEEK_SET) == 0 &&
           ::fcntl(out.get(),
                   F_ADD_SEALS,
                   F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
}

using Property = sdbus::Struct<std::string, sdbus::Variant>;
using Properties = std::vector<Property>;

template <class T>
void put(Properties& properties, const char* name, T value) {
    properties.emplace_back(std::string(name), sdbus::Variant{std::move(value)});
}

void put_text(Properties& properties, const char* name, const char* value) {
    put(properties, name, std::string(value));
}

constexpr std::uint64_t bit(unsigned capability) {
    return std::uint64_t{1} << capability;
}

std::uint64_t capabilities_of(TransientSpec::Powers powers) {
    switch (powers) {
        case TransientSpec::Powers::files:
            return bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) | bit(CAP_FOWNER) | bit(CAP_FSETID) |
                   bit(CAP_KILL) | bit(CAP_SETUID) | bit(CAP_SETGID);
        case TransientSpec::Powers::looks:
            return bit(CAP_DAC_READ_SEARCH) | bit(CAP_SYS_PTRACE);
        case TransientSpec::Powers::none:
            break;
    }
    return 0;
}

void put_sandbox(Properties& properties, const TransientSpec& spec) {
    put(properties, "NoNewPrivileges", true);
    put(properties, "CapabilityBoundingSet", capabilities_of(spec.powers));
    put(properties, "RestrictSUIDSGID", true);
    put(properties, "LockPersonality", true);
    put(properties, "SystemCallArchitectures", std::vector<std::string>{"native"});
    put_text(properties, "ProtectSystem", "strict");
    put_text(properties, "ProtectHome", "read-only");
    put(properties, "ProtectControlGroups", true);
    put(properties, "ProtectKernelModules", true);
    if (spec.powers != TransientSpec::Powers::looks) {
        put(properties, "PrivateTmp", true);
        put(properties, "PrivateDevices", true);
        put(properties, "ProtectKernelTunables", true);
        put(properties, "ProtectKernelLogs", true);
    }
    if (!spec.writes.empty()) {
        put(properties, "ReadWritePaths", spec.writes);
    }
    if (!spec.shown.empty()) {
        std::vector<sdbus::Struct<std::string, std::string, bool, std::uint64_t>> binds;
        for (const auto& shown : spec.shown) {
            binds.emplace_back(shown.from, shown.at, false, std::uint64_t{0});
        }
        put(properties, "BindReadOnlyPaths", binds);
    }
}

// Type=oneshot with RemainAfterExit: its start job ends when its program has, and what it came to
// can be read then, even by a later run of this one; RuntimeMaxSec= does not apply to oneshot.
Properties properties_of(const Package& package) {
    const auto& spec = package.spec;
    Properties properties;
    put(properties, "Description", spec.description);
    put_text(properties, "Type", "oneshot");
    put(properties, "RemainAfterExit", true);
    put_text(properties, "CollectMode", "inactive");
    // ExecStart= itself would put systemd's variables in place of $NAME in an argument.
    std::vector<sdbus::Struct<std::string, std::vector<std::string>, std::vector<std::string>>>
        exec;
    exec.emplace_back(spec.run.front(), spec.run, std::vector<std::string>{"no-env-expand"});
    put(properties, "ExecStartEx", exec);
    if (spec.dynamic_user) {
        put(properties, "DynamicUser", true);
    } else if (!spec.user.empty()) {
        put(properties, "User", spec.user);
    }
    put_sandbox(properties, spec);
    put(properties, "MemoryMax", spec.memory);
    put(properties, "MemorySwapMax", std::uint64_t{0});
    put(properties, "TasksMax", std::uint64_t{spec.tasks});
    put_text(properties, "OOMPolicy", "kill");
    const auto us = [](Duration length) { return static_cast<std::uint64_t>(length.count()); };
    put(properties, "TimeoutStartUSec", us(spec.timeout + systemd_waits_longer));
    put(properties, "TimeoutStopUSec", us(std::chrono::seconds{1}));
    put_text(properties, "KillMode", "control-group");
    put(properties, "SendSIGKILL", true);
    put(properties, "StandardOutputFileDescriptor", sdbus::UnixFd{package.output.get()});
    put(properties, "StandardErrorFileDescriptor", sdbus::UnixFd{package.output.get()});
    if (package.input.get() >= 0) {
        put(properties, "StandardInputFileDescriptor", sdbus::UnixFd{package.input.get()});
    }
    return properties;
}

// Whether the figure is kept on this host: systemd gives the largest number for what is not.
bool counted(const PropertyMap& properties, const char* name) {
    return unsigned_of(properties, name).value_or(no_figure) != no_figure;
}

}  // namespace

class TransientUnit::Impl : public std::enable_shared_from_this<TransientUnit::Impl> {
public:
    Impl(EventLoop& loop, const Clock& clock, Manager& manager)
        : loop_(loop), clock_(clock), manager_(manager) {}

    void start(TransientSpec spec, std::function<void(const TransientEnd&)> done);
    void adopt(const std::string& name, std::function<void(const TransientEnd&)> done);
    void stop();
    [[nodiscard]] bool stopped() const { return stopped_; }

private:
    void send(const std::shared_ptr<Package>& package);
    void await(std::uint32_t job);
    void drain(std::size_t most);
    void look(const std::string& job_result);
    void judge(const std::string& job_result, const PropertyMap& service);
    void end_all();
    void clear_away();
    void finish();
    void fail_start(TransientEnd::How how, std::string detail);
    template <class F>
    auto held(F body) {
        return [weak = weak_from_this(), body](auto&&... arguments) {
            if (const auto self = weak.lock()) {
                body(*self, arguments...);
            }
        };
    }

    EventLoop& loop_;
    const Clock& clock_;
    Manager& manager_;
    std::string name_;
    std::function<void(const TransientEnd&)> done_;
    TransientEnd end_;
    std::optional<OutputKeeper> output_;
    Descriptor reading_;
    LoopSource io_;
    LoopSource deadline_;
    LoopSource later_;
    bool queued_ = false;
    bool stopped_ = false;
};

void TransientUnit::Impl::start(TransientSpec spec, std::function<void(const TransientEnd&)> done) {
    PRIMUM_CHECK(!done_ && !spec.run.empty());
    done_ = std::move(done);
    name_ = spec.name;
    output_.emplace(spec.output);
    auto package = std::make_shared<Package>();
    package->spec = std::move(spec);
    std::array<int, 2> ends{-1, -1};
    const bool piped = ::pipe2(ends.data(), O_CLOEXEC) == 0;
    if (piped) {
        reading_.reset(ends[0]);
        package->output.reset(ends[1]);
    }
    const auto& input = package->spec.input;
    if (!piped || ::fcntl(reading_.get(), F_SETFL, O_NONBLOCK) != 0 ||
        (!input.empty() && !fill_input(input, package->input))) {
        later_ = loop_.soon([this] {
            fail_start(TransientEnd::How::refused, "there is no file descriptor or memory for it");
        });
        return;
    }
    io_ = loop_.on_io(reading_.get(), EPOLLIN, [this](std::uint32_t) { drain(read_a_turn); });
    manager_.properties("system.slice",
                        "org.freedesktop.systemd1.Slice",
                        held([package](Impl& self, const ManagerResult<PropertyMap>& slice) {
                            self.end_.unlimited =
                                slice.has_value() && !(counted(*slice, "MemoryCurrent") &&
                                                       counted(*slice, "TasksCurrent"));
                            self.send(package);
                        }));
}

void TransientUnit::Impl::send(const std::shared_ptr<Package>& package) {
    if (stopped_ || !done_) {
        fail_start(TransientEnd::How::refused, "it was not begun in time");
        return;
    }
    using Auxiliary = std::vector<sdbus::Struct<std::string, Properties>>;
    manager_.start_transient(
        [package](sdbus::MethodCall& message) {
            message << package->spec.name << std::string("fail") << properties_of(*package)
                    << Auxiliary{};
        },
        held([package](Impl& self, const ManagerResult<std::string>& job) {
            // systemd holds its own; the reading end comes to an end when the last writer does.
            package->output.reset();
            package->input.reset();
            if (!job.has_value()) {
                const auto& error = job.error();
                const bool silent = error.name == "org.freedesktop.DBus.Error.NoReply" ||
                                    error.name == "org.primum.Error.Disconnected" ||
                                    error.name == "unreadable";
                self.fail_start(silent ? TransientEnd::How::unknown : TransientEnd::How::refused,
                                "systemd did not start it: " + error.message);
                return;
            }
            self.queued_ = true;
            if (self.stopped_) {
                self.end_all();
            }
        }),
        held([](Impl& self, const JobEnd& end) {
            if (end.result == "disconnected") {
                self.fail_start(TransientEnd::How::unknown, "the bus was lost while it ran");
            } else {
                self.look(end.result);
            }
        }));
}

void TransientUnit::Impl::adopt(const std::string& name,
                                std::function<void(const TransientEnd&)> done) {
    PRIMUM_CHECK(!done_);
    done_ = std::move(done);
    name_ = name;
    manager_.facts(name, held([](Impl& self, const ManagerResult<UnitFacts>& unit) {
                       if (!unit.has_value()) {
                           self.fail_start(TransientEnd::How::unknown, unit.error().message);
                       } else if (unit->load_state != "loaded") {
                           self.fail_start(TransientEnd::How::refused, "there is no such unit");
                       } else if (unit->job_id != 0) {
                           self.queued_ = true;
                           self.await(unit->job_id);
                       } else {
                           self.look("gone");
                       }
                   }));
}

void TransientUnit::Impl::await(std::uint32_t job) {
    manager_.await_job(job, held([](Impl& self, const JobEnd& end) { self.look(end.result); }));
}

void TransientUnit::Impl::drain(std::size_t most) {
    std::array<char, 65'536> buffer;  // NOLINT(*-member-init): filled by read()
    for (std::size_t taken = 0; taken < most && reading_.get() >= 0;) {
        const auto now = ::read(reading_.get(), buffer.data(), buffer.size());
        if (now > 0) {
            output_->add({buffer.data(), static_cast<std::size_t>(now)});
            taken += static_cast<std::size_t>(now);
        } else if (now == 0 || (errno != EAGAIN && errno != EINTR)) {
            io_.reset();
            reading_.reset();
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

// With mode `replace`, which our own unit may be stopped with: a start that is still queued is
// cancelled.
void TransientUnit::Impl::end_all() {
    manager_.signal_unit(name_, "all", SIGKILL, [](const ManagerResult<void>&) {});
    manager_.start_job(
        JobVerb::stop_now, name_, [](const ManagerResult<std::string>&) {}, [](const JobEnd&) {});
}

void TransientUnit::Impl::look(const std::string& job_result) {
    manager_.properties(name_,
                        service_interface,
                        held([job_result](Impl& self, const ManagerResult<PropertyMap>& service) {
                            if (service.has_value()) {
                                self.judge(job_result, *service);
                            } else {
                                self.end_.detail =
                                    "its end cannot be read: " + service.error().message;
                            }
                            self.clear_away();
                        }));
}

void TransientUnit::Impl::judge(const std::string& job_result, const PropertyMap& service) {
    end_.how = TransientEnd::How::ended;
    end_.result = text_of(service, "Result").value_or("");
    end_.status = exit_status_of(service).value_or("");
    if (stopped_ && job_result != "done") {
        end_.result = "timeout";
    }
    if (instant_of(service, "ExecMainStartTimestampMonotonic") == Instant{}) {
        end_.how = TransientEnd::How::refused;
        end_.detail = "systemd could not start it: " + end_.result;
    }
}

// Its main process has ended. What is left of it, too; then the unit is let go of.
void TransientUnit::Impl::clear_away() {
    manager_.signal_unit(name_, "all", SIGKILL, [](const ManagerResult<void>&) {});
    const auto forget = [](Impl& self) {
        self.manager_.reset_failed(
            self.name_, self.held([](Impl& again, const ManagerResult<void>&) { again.finish(); }));
    };
    manager_.start_job(JobVerb::stop_now,
                       name_,
                       held([forget](Impl& self, const ManagerResult<std::string>& job) {
                           if (!job.has_value()) {
                               forget(self);
                           }
                       }),
                       held([forget](Impl& self, const JobEnd&) { forget(self); }));
}

void TransientUnit::Impl::stop() {
    if (!done_ || std::exchange(stopped_, true)) {
        return;
    }
    if (queued_) {
        end_all();
    }
    deadline_ = loop_.at(clock_.now().t + end_within, [this] {
        end_.detail = "its processes do not end, though killed";
        finish();
    });
}

void TransientUnit::Impl::fail_start(TransientEnd::How how, std::string detail) {
    end_.how = how;
    end_.detail = std::move(detail);
    finish();
}

void TransientUnit::Impl::finish() {
    if (!done_) {
        return;
    }
    deadline_.reset();
    if (output_.has_value()) {
        drain(read_at_end);
        end_.output = output_->text();
        end_.printed = output_->total();
    }
    io_.reset();
    reading_.reset();
    const auto keep = shared_from_this();  // `done` may let go of us
    std::exchange(done_, nullptr)(end_);
}

std::optional<std::int32_t> TransientEnd::exit_code() const {
    if (success()) {
        return 0;
    }
    std::int32_t code = 0;
    const auto* last = status.data() + status.size();
    const auto [at, error] = std::from_chars(status.data(), last, code);
    return result == "exit-code" && error == std::errc{} && at == last ? std::optional{code}
                                                                       : std::nullopt;
}

TransientUnit::TransientUnit(EventLoop& loop, const Clock& clock, Manager& manager)
    : impl_(std::make_shared<Impl>(loop, clock, manager)) {}

TransientUnit::~TransientUnit() = default;

void TransientUnit::start(TransientSpec spec, std::function<void(const TransientEnd&)> done) {
    impl_->start(std::move(spec), std::move(done));
}

void TransientUnit::adopt(const std::string& name, std::function<void(const TransientEnd&)> done) {
    impl_->adopt(name, std::move(done));
}

void TransientUnit::stop() {
    impl_->stop();
}

bool TransientUnit::stopped() const {
    return impl_->stopped();
}

}  // namespace primum::systemd
