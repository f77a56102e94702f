// SPDX-License-Identifier: MIT
#include "ctl/tar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

namespace primum::ctl {
namespace {

constexpr std::size_t block = 512;

// Where the fields of a ustar header lie (POSIX.1-1988, pax "ustar Interchange Format").
struct Field {
    std::size_t at;
    std::size_t size;
};
constexpr Field name_field{0, 100};
constexpr Field mode_field{100, 8};
constexpr Field uid_field{108, 8};
constexpr Field gid_field{116, 8};
constexpr Field size_field{124, 12};
constexpr Field time_field{136, 12};
constexpr Field sum_field{148, 8};
constexpr std::size_t type_at = 156;
constexpr Field magic_field{257, 8};

using Header = std::array<char, block>;

void put(Header& header, Field field, std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), field.size), header.begin() + field.at);
}

void put_octal(Header& header, Field field, std::uint64_t number) {
    put(header, field, fmt::format("{:0{}o}", number, field.size - 1));
}

// The sum of all bytes, those of the sum itself as blanks.
std::uint64_t sum_of(const Header& header) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block; ++i) {
        const bool own = i >= sum_field.at && i < sum_field.at + sum_field.size;
        sum += own ? std::uint64_t{' '} : static_cast<unsigned char>(header.at(i));
    }
    return sum;
}

Header header_of(const std::string& name, std::uint64_t size) {
    Header header{};
    put(header, name_field, name);
    put_octal(header, mode_field, 0600);
    put_octal(header, uid_field, 0);
    put_octal(header, gid_field, 0);
    put_octal(header, size_field, size);
    put_octal(header, time_field, 0);
    header[type_at] = '0';
    put(header, magic_field, std::string_view{"ustar\00000", 8});
    put(header, sum_field, fmt::format("{:06o}", sum_of(header)) + std::string{"\0 ", 2});
    return header;
}

std::string text_in(const Header& header, Field field) {
    const char* const begin = header.data() + field.at;
    return {begin, strnlen(begin, field.size)};
}

std::optional<std::uint64_t> octal_in(const Header& header, Field field) {
    const std::string text = text_in(header, field);
    const std::size_t first = text.find_first_not_of(' ');
    std::uint64_t number = 0;
    bool any = false;
    for (std::size_t i = first; i < text.size() && text[i] >= '0' && text[i] <= '7'; ++i) {
        number = number * 8 + static_cast<std::uint64_t>(text[i] - '0');
        any = true;
    }
    return any ? std::optional{number} : std::nullopt;
}

struct FreeCompressor {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Bytes into a zstd file.
class Packer {
public:
    explicit Packer(int file)
        : file_(file), context_(ZSTD_createCCtx()), out_(ZSTD_CStreamOutSize()) {
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
    }
    Packer(const Packer&) = delete;
    Packer& operator=(const Packer&) = delete;
    ~Packer() { close(file_); }

    bool add(std::string_view bytes, bool last = false) {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        const auto how = last ? ZSTD_e_end : ZSTD_e_continue;
        while (true) {
            ZSTD_outBuffer out{out_.data(), out_.size(), 0};
            const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in, how);
            if (ZSTD_isError(left) != 0 || !write_all(out.pos)) {
                return false;
            }
            if (last ? left == 0 : in.pos == in.size) {
                return true;
            }
        }
    }
    bool finish() { return add({}, true) && fsync(file_) == 0; }

private:
    bool write_all(std::size_t size) {
        for (std::size_t done = 0; done < size;) {
            const ssize_t put = write(file_, out_.data() + done, size - done);
            if (put <= 0) {
                return false;
            }
            done += static_cast<std::size_t>(put);
        }
        return true;
    }

    int file_;
    std::unique_ptr<ZSTD_CCtx, FreeCompressor> context_;
    std::vector<char> out_;
};

// The bytes of a zstd file.
class Unpacker {
public:
    explicit Unpacker(const std::filesystem::path& path)
        : file_(path, std::ios::binary), context_(ZSTD_createDCtx()), in_(ZSTD_DStreamInSize()) {}

    [[nodiscard]] bool is_open() const { return file_.is_open(); }

    // Exactly `size` bytes, or false.
    bool read(char* to, std::size_t size) {
        ZSTD_outBuffer out{to, size, 0};
        while (out.pos < size) {
            if (from_.pos == from_.size) {
                file_.read(in_.data(), static_cast<std::streamsize>(in_.size()));
                from_ = {in_.data(), static_cast<std::size_t>(file_.gcount()), 0};
                if (from_.size == 0) {
                    return false;
                }
            }
            if (ZSTD_isError(ZSTD_decompressStream(context_.get(), &out, &from_)) != 0) {
                return false;
            }
        }
        return true;
    }

private:
    std::ifstream file_;
    std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context_;
    std::vector<char> in_;
    ZSTD_inBuffer from_{nullptr, 0, 0};
};

// One or more plain names, none of them hidden, parent or empty.
bool is_safe(const std::string& name) {
    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/";
    return !name.empty() && name.find_first_not_of(letters) == std::string::npos &&
           name.front() != '/' && name.front() != '.' && name.find("/.") == std::string::npos &&
           name.find("//") == std::string::npos;
}

bool add_file(Packer& packer, const std::filesystem::path& path, const std::string& name) {
    std::ifstream file{path, std::ios::binary};
    std::error_code failed;
    const std::uint64_t size = std::filesystem::file_size(path, failed);
    const Header header = header_of(name, size);
    if (failed || !file || !packer.add({header.data(), header.size()})) {
        return false;
    }
    std::vector<char> bytes(std::size_t{1} << 16U);
    std::uint64_t left = size;
    while (left > 0) {
        file.read(bytes.data(),
                  static_cast<std::streamsize>(std::min<std::uint64_t>(left, bytes.size())));
        const auto got = static_cast<std::size_t>(file.gcount());
        if (got == 0 || !packer.add({bytes.data(), got})) {
            return false;
        }
        left -= got;
    }
    return packer.add(std::string((block - size % block) % block, '\0'));
}

Result<void, std::string> take_file(Unpacker& from,
                                    std::uint64_t size,
                                    const std::filesystem::path& path) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file{path, std::ios::binary};
    std::array<char, block> bytes{};
    for (std::uint64_t left = size; left > 0;) {
        if (!from.read(bytes.data(), block)) {
            return fail(std::string{"it ends in the middle of a file"});
        }
        const auto used = std::min<std::uint64_t>(left, block);
        file.write(bytes.data(), static_cast<std::streamsize>(used));
        left -= used;
    }
    file.flush();
    return file ? Result<void, std::string>{} : fail(path.string() + ": cannot be written");
}

}  // namespace

Result<void, std::string> pack(const std::filesystem::path& directory,
                               const std::filesystem::path& archive) {
    const int file = open(archive.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        return fail(fmt::format("{}: {}", archive.string(), std::strerror(errno)));
    }
    Packer packer{file};
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{directory}) {
        if (entry.is_regular_file()) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    bool good = true;
    for (const auto& path : files) {
        const std::string name = path.lexically_relative(directory.parent_path()).string();
        good = good && name.size() < name_field.size && add_file(packer, path, name);
    }
    good = good && packer.add(std::string(2 * block, '\0')) && packer.finish();
    return good ? Result<void, std::string>{}
                : fail(archive.string() + ": not all could be written");
}

Result<void, std::string> unpack(const std::filesystem::path& archive,
                                 const std::filesystem::path& directory,
                                 UnpackLimits limits) {
    const auto bad = [&](const std::string& what) {
        return fail(fmt::format("{} is no bundle: {}", archive.string(), what));
    };
    Unpacker from{archive};
    if (!from.is_open()) {
        return fail(archive.string() + ": cannot be read");
    }
    std::uint64_t bytes = 0;
    for (std::uint32_t files = 0;; ++files) {
        Header header{};
        if (!from.read(header.data(), block)) {
            return bad("it ends too early, or is not in zstd");
        }
        if (header[0] == '\0') {
            return {};
        }
        const auto size = octal_in(header, size_field);
        const std::string name = text_in(header, name_field);
        if (octal_in(header, sum_field) != sum_of(header) || !size) {
            return bad("a header is damaged");
        }
        if (header[type_at] == '5' && *size == 0 && is_safe(name)) {
            continue;
        }
        if ((header[type_at] != '0' && header[type_at] != '\0') || !is_safe(name)) {
            return bad("it holds what no bundle holds");
        }
        bytes += *size;
        if (*size > limits.bytes || bytes > limits.bytes || files >= limits.files) {
            return bad("it is too large");
        }
        if (const auto taken = take_file(from, *size, directory / name); !taken) {
            return bad(taken.error());
        }
    }
}

}  // namespace primum::ctl
