// SPDX-License-Identifier: MIT
#pragma once

#include <tl/expected.hpp>

#include <utility>

namespace primum {

// What a function that can fail gives back: a T, or an E that says why not.
//
// E is the small error type of the module that returns it. Every caller must look at it
// (nodiscard). This is the only file that names the library underneath.
template <class T, class E>
class [[nodiscard]] Result : public tl::expected<T, E> {
public:
    using tl::expected<T, E>::expected;
};

// Makes the failing side of any Result<T, E>: `return fail(LedgerError{...});`
template <class E>
[[nodiscard]] auto fail(E error) {
    return tl::unexpected<E>(std::move(error));
}

}  // namespace primum
