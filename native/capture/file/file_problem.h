// Why a capture file cannot be read on.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

namespace podwire::capture {

// `what()` is one sentence for the user, without the file's name: what was expected, what came, at which byte.
class FileProblem : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Whoever asked for the file wants no more of it.
class ReadAborted : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "reading was aborted"; }
};

}  // namespace podwire::capture
