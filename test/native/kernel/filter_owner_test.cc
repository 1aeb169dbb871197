#include "kernel/filter_owner.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace podwire::kernel {
namespace {

TEST(FilterName, IsReadAsItWasWritten) {
  const FilterName name{{
                            4026531836,
                            17,
                            123456789012,
                        },
                        5,
                        true};
  EXPECT_EQ(name.text(), "podwire:4026531836:17:123456789012:5:qdisc");
  const auto read = FilterName::parse(name.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->owner, name.owner);
  EXPECT_EQ(read->attachment_id, 5U);
  EXPECT_TRUE(read->owns_qdisc);
  EXPECT_FALSE(FilterName::parse("podwire:1:2:3:4")->owns_qdisc);
}

TEST(FilterName, IsNotReadFromOthers) {
  for (const char* text : {"", "cil_from_container", "podwire", "podwire:", "podwire:1:2:3", "podwire:1:2:3:x",
                           "podwire:1:2:3:4:other", "podwire:1:2:3:4:qdisc:", "Podwire:1:2:3:4", "podwire:1:2::4"}) {
    EXPECT_FALSE(FilterName::parse(text)) << text;
  }
}

TEST(ProcessIdentity, TellsTheLivingFromTheDead) {
  const ProcessIdentity own = own_identity();
  EXPECT_EQ(own.pid, ::getpid());
  EXPECT_NE(own.start_ticks, 0U);
  EXPECT_FALSE(has_ended(own));

  ProcessIdentity reused = own;  // another process with this pid, before
  --reused.start_ticks;
  EXPECT_TRUE(has_ended(reused));

  ProcessIdentity elsewhere = reused;
  elsewhere.pid_namespace += 1;
  EXPECT_FALSE(has_ended(elsewhere));

  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(has_ended({own.pid_namespace, child, own.start_ticks}));
}

}  // namespace
}  // namespace podwire::kernel
