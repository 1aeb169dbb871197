#include "tap/glob.h"

namespace podwire::tap {

Literal::Literal(std::string_view literal) : bytes_(literal), borders_(literal.size(), 0) {
  for (std::size_t i = 1, border = 0; i < bytes_.size(); ++i) {
    while (border > 0 && bytes_[border] != bytes_[i]) border = borders_[border - 1];
    if (bytes_[border] == bytes_[i]) ++border;
    borders_[i] = border;
  }
}

Glob::Glob(std::string_view pattern) {
  for (;;) {
    const std::size_t star = pattern.find('*');
    const std::string_view literal = pattern.substr(0, star);
    const bool outer = literals_.empty() || star == std::string_view::npos;
    if (outer || !literal.empty()) literals_.emplace_back(literal);
    if (star == std::string_view::npos) return;
    pattern.remove_prefix(star + 1);
  }
}

}  // namespace podwire::tap
