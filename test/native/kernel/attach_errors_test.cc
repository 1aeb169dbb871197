// What cannot be attached to is named, with the way to mend it.
#include <gmock/gmock.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include <fstream>

#include "attach_mode.h"
#include "collected_segments.h"

namespace podwire::test {
namespace {

using kernel::ErrorCode;
using kernel::KernelCapture;
using kernel::NamespaceSource;
using testing::HasSubstr;

class AttachErrorsTest : public EachAttachMode {
 protected:
  static void expect_error(KernelCapture& capture, const NamespaceSource& source, ErrorCode code,
                           const std::string& sentence) {
    try {
      (void)capture.attach(source);
      FAIL() << "attached to " << source.value;
    } catch (const kernel::KernelError& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(sentence));
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, AttachErrorsTest,
                         testing::Values(kernel::AttachMode::kTcx, kernel::AttachMode::kClsact), mode_name);

TEST_P(AttachErrorsTest, NamesWhatIsNotThere) {
  KernelCapture capture(options());
  const auto path = NamespaceSource::Kind::kPath;
  expect_error(
      capture, {path, "/run/netns/pwt-none"}, ErrorCode::kNoSuchNamespace,
      "no network namespace pwt-none: /run/netns/pwt-none does not exist; `ip netns list` shows those there are");
  expect_error(capture, {path, "/proc/4194305/ns/net"}, ErrorCode::kNoSuchNamespace, "no process 4194305");
  expect_error(capture, {path, "/etc/passwd"}, ErrorCode::kNoSuchNamespace, "/etc/passwd is not a network namespace");
  expect_error(capture, {path, "/proc/self/ns/pid"}, ErrorCode::kNoSuchNamespace, "is not a network namespace");
  expect_error(capture, {NamespaceSource::Kind::kInterface, "pwt-none0"}, ErrorCode::kNoSuchInterface,
               "no interface pwt-none0 here; there are lo");
  EXPECT_THROW(capture.detach(1), kernel::KernelError);
  EXPECT_THROW(capture.set_wants(1, {}), kernel::KernelError);
}

void drop(std::uint64_t capabilities) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) ::_exit(1);
  data[0].effective &= ~static_cast<__u32>(capabilities);
  data[1].effective &= ~static_cast<__u32>(capabilities >> 32U);
  if (::syscall(SYS_capset, &header, data.data()) != 0) ::_exit(1);
}

// What attaching says in a child that has given up capabilities.
std::string attach_without(std::uint64_t capabilities, const kernel::KernelCaptureOptions& options,
                           const NamespaceSource& source) {
  std::array<int, 2> answer{};
  if (::pipe2(answer.data(), O_CLOEXEC) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    std::string said = "attached";
    drop(capabilities);
    try {
      KernelCapture capture(options);
      (void)capture.attach(source);
    } catch (const kernel::KernelError& error) {
      said = std::string(error.code() == ErrorCode::kPermission ? "permission: " : "other: ") + error.what();
    }
    [[maybe_unused]] const auto written = ::write(answer[1], said.data(), said.size());
    ::_exit(0);
  }
  ::close(answer[1]);
  std::array<char, 1024> text{};
  [[maybe_unused]] const auto size = ::read(answer[0], text.data(), text.size() - 1);
  ::close(answer[0]);
  ::waitpid(child, nullptr, 0);
  return text.data();
}

constexpr std::uint64_t bit(unsigned capability) { return std::uint64_t{1} << capability; }

TEST_P(AttachErrorsTest, NamesTheCapabilityThatIsMissing) {
  NetworkNamespace ns;
  EXPECT_THAT(attach_without(bit(CAP_SYS_ADMIN), options(), path_of(ns)),
              testing::AllOf(testing::StartsWith("permission: could not enter"), HasSubstr("CAP_SYS_ADMIN")));
  EXPECT_THAT(attach_without(bit(CAP_SYS_ADMIN) | bit(CAP_BPF), options(), path_of(ns)),
              testing::AllOf(testing::StartsWith("permission: could not create"), HasSubstr("CAP_BPF")));
  if (GetParam() == kernel::AttachMode::kClsact) {
    EXPECT_THAT(
        attach_without(bit(CAP_NET_ADMIN), options(), path_of(ns)),
        testing::AllOf(testing::StartsWith("permission: could not create a clsact"), HasSubstr("CAP_NET_ADMIN")));
  }
}

TEST_P(AttachErrorsTest, ListsAddressesWithoutLoopbackAndLinkLocal) {
  NamespacePair pair;
  pair.server.ip("addr add 169.254.7.7/16 dev eth0");
  const std::vector<tcp::Address> found = kernel::addresses(path_of(pair.server));
  std::vector<std::string> texts;
  for (const tcp::Address& address : found) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    texts.emplace_back(
        ::inet_ntop(address.version == 4 ? AF_INET : AF_INET6, address.bytes.data(), text.data(), text.size()));
  }
  EXPECT_THAT(texts, testing::UnorderedElementsAre("198.18.0.2", "2001:2::2"));
  EXPECT_THROW((void)kernel::addresses({NamespaceSource::Kind::kInterface, "pwt-none0"}), kernel::KernelError);
}

// One interface of the process's own namespace: a thread inside another namespace stands for such a process.
TEST_P(AttachErrorsTest, AttachesToOneInterfaceOfItsOwnNamespace) {
  NamespacePair pair;
  pair.server.inside([&] {
    KernelCapture capture(options());
    const std::uint32_t id = capture.attach({NamespaceSource::Kind::kInterface, "eth0"});
    CollectedSegments segments;
    TcpConnection connection(pair.client, pair.server, "198.18.0.2", 8080);
    EXPECT_TRUE(read_until(capture, segments, [&] { return segments.all.size() >= 2; }));
    const kernel::AttachmentState state = capture.state(id);
    ASSERT_EQ(state.interfaces.size(), 1U);
    EXPECT_EQ(state.interfaces[0].name, "eth0");
    capture.detach(id);
  });
  EXPECT_EQ(pair.server.tc("qdisc show").find("clsact"), std::string::npos);
}

}  // namespace
}  // namespace podwire::test
