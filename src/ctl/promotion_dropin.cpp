// SPDX-License-Identifier: MIT
#include "ctl/promotion_dropin.hpp"

#include "rules/promotion.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

namespace fs = std::filesystem;

constexpr mode_t file_mode = 0644;
constexpr mode_t directory_mode = 0755;

std::string name_of_file(const std::string& target) {
    return fmt::format("90-promoted-{}.toml", target);
}

// The rule file that `file` is, or overrides a part of.
fs::path base_of(const rules::RulesLoad& load, const fs::path& file) {
    fs::path base = file.parent_path();
    if (base.extension() != ".d") {
        return file;
    }
    base.replace_extension(".toml");
    return std::find(load.files.begin(), load.files.end(), base) == load.files.end() ? file : base;
}

std::string because(std::string_view what, const fs::path& path) {
    return fmt::format("{} {}: {}", what, path.string(), std::strerror(errno));
}

Result<void, std::string> sync_directory(const fs::path& directory) {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = fd >= 0 && ::fsync(fd) == 0;
    const std::string why = good ? "" : because("cannot sync", directory);
    if (fd >= 0) {
        ::close(fd);
    }
    return good ? Result<void, std::string>{} : fail(why);
}

Result<void, std::string> write_file(const fs::path& path, const std::string& text) {
    const int fd =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, file_mode);
    if (fd < 0) {
        return fail(because("cannot write", path));
    }
    std::size_t done = 0;
    bool good = ::fchmod(fd, file_mode) == 0;
    while (good && done < text.size()) {
        const ssize_t count = ::write(fd, text.data() + done, text.size() - done);
        good = count > 0 || (count < 0 && errno == EINTR);
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    good = good && ::fsync(fd) == 0;
    const std::string why = good ? "" : because("cannot write", path);
    ::close(fd);
    if (!good) {
        ::unlink(path.c_str());
    }
    return good ? Result<void, std::string>{} : fail(why);
}

}  // namespace

std::optional<fs::path> drop_in_of(const rules::RulesLoad& load, const std::string& target) {
    const std::string name = name_of_file(target);
    if (const auto file = load.target_files.find(target); file != load.target_files.end()) {
        return base_of(load, file->second).replace_extension(".d") / name;
    }
    for (const fs::path& file : load.files) {
        if (file.filename() == name) {
            return file;
        }
    }
    return std::nullopt;
}

std::string drop_in_text(const DropIn& drop_in) {
    std::string text = "# Written by primumctl promote and demote; do not edit it.\n";
    text += drop_in.note;
    text += fmt::format("[target.\"{}\"]\nmode = \"{}\"\n", drop_in.target, name_of(drop_in.mode));
    if (drop_in.enforce_up_to) {
        text += fmt::format("enforce_up_to = \"{}\"\n", name_of(*drop_in.enforce_up_to));
    }
    bool any = false;
    for (std::size_t i = 0; i < level_count; ++i) {
        const auto& promotion = drop_in.promoted[i];
        if (!promotion) {
            continue;
        }
        any = true;
        text +=
            fmt::format("promoted.{} = {{ digest = \"{}\"{} }}\n",
                        name_of(static_cast<Level>(i)),
                        promotion->digest,
                        promotion->until == WallTime{}
                            ? ""
                            : fmt::format(", until = \"{}\"", rules::format_utc(promotion->until)));
    }
    return any ? text : text + "promoted = {}\n";
}

rules::RulesLoad rules_with(const rules::RulesLoad& load,
                            const rules::Settings& settings,
                            const fs::path& path,
                            const std::optional<std::string>& text) {
    std::vector<rules::RuleFile> files = rules::split_rules_text(load.text);
    std::erase_if(files, [&](const rules::RuleFile& each) { return each.path == path; });
    if (text) {
        const fs::path base = fs::path{path.parent_path()}.replace_extension(".toml");
        auto place = files.end();
        for (auto each = files.begin(); each != files.end(); ++each) {
            const fs::path at{each->path};
            if (at == base || (at.parent_path() == path.parent_path() && at < path)) {
                place = each + 1;
            }
        }
        files.insert(place, rules::RuleFile{path.string(), *text});
    }
    return rules::compile_rules(files, settings);
}

Result<void, std::string> put_drop_in(const fs::path& path,
                                      const std::optional<std::string>& text) {
    const fs::path directory = path.parent_path();
    if (!text) {
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
            return fail(because("cannot remove", path));
        }
        std::error_code ignored;
        return fs::exists(directory, ignored) ? sync_directory(directory)
                                              : Result<void, std::string>{};
    }
    if (::mkdir(directory.c_str(), directory_mode) == 0) {
        ::chmod(directory.c_str(), directory_mode);  // whatever the umask says
        if (auto synced = sync_directory(directory.parent_path()); !synced) {
            return synced;
        }
    } else if (errno != EEXIST) {
        return fail(because("cannot make", directory));
    }
    // Rules are files that end in .toml and do not begin with a dot.
    const fs::path fresh = directory / fmt::format(".{}.new", path.filename().string());
    if (auto written = write_file(fresh, *text); !written) {
        return written;
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        const std::string why = because("cannot write", path);
        ::unlink(fresh.c_str());
        return fail(why);
    }
    return sync_directory(directory);
}

}  // namespace primum::ctl
