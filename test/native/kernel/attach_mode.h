// Tests that run once with tcx and once with clsact.
#pragma once

#include <gtest/gtest.h>

#include "kernel/kernel_capture.h"
#include "netns.h"

namespace podwire::test {

class EachAttachMode : public testing::TestWithParam<kernel::AttachMode> {
 protected:
  [[nodiscard]] static kernel::KernelCaptureOptions options() {
    kernel::KernelCaptureOptions options;
    options.mode = GetParam();
    return options;
  }
  [[nodiscard]] static kernel::NamespaceSource path_of(const NetworkNamespace& ns) {
    return {kernel::NamespaceSource::Kind::kPath, ns.path()};
  }
};

inline std::string mode_name(const testing::TestParamInfo<kernel::AttachMode>& info) {
  return info.param == kernel::AttachMode::kTcx ? "tcx" : "clsact";
}

}  // namespace podwire::test
