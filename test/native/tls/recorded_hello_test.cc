// What real programs send. Expected is what they were asked for.
#include "recorded_hello.h"

#include "hello_bytes.h"
#include "parse_prefixes.h"

namespace podwire::tls {
namespace {

void expect_names(const std::string& bytes, const RecordedHello& recorded) {
  const ClientHello hello = expect_complete(bytes);
  EXPECT_EQ(hello.server_name, recorded.server_name);
  EXPECT_EQ(hello.protocols, recorded.protocols);
}

TEST(RecordedHello, NamesAsAskedFor) {
  const std::vector<RecordedHello> hellos = recorded_hellos();
  EXPECT_EQ(hellos.size(), 5U);
  for (const RecordedHello& recorded : hellos) {
    SCOPED_TRACE(recorded.program);
    expect_names(recorded.bytes, recorded);
  }
}

// The same message in several records.
TEST(RecordedHello, InRecordsOfOtherSizes) {
  constexpr std::size_t kRecordHeaderBytes = 5;
  for (const RecordedHello& recorded : recorded_hellos()) {
    SCOPED_TRACE(recorded.program);
    for (const std::size_t fragment_bytes : {3, 100, 511}) {
      expect_names(records(recorded.bytes.substr(kRecordHeaderBytes), fragment_bytes), recorded);
    }
  }
}

}  // namespace
}  // namespace podwire::tls
