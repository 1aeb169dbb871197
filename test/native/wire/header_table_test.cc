#include "wire/header_table.h"

#include <gtest/gtest.h>

#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "example_exchange.h"
#include "protoc.h"
#include "wire/exchange_buffer.h"

namespace podwire::wire {
namespace {

using podwire::testing::decoded;
using podwire::testing::example_get;
using podwire::testing::ExampleExchange;

// A TapBatch as protoc prints it: its header table, and the headers and trailers of all its exchanges in turn, each as
// `headers` or `trailers` and what it holds, wherever it stands.
struct PrintedBatch {
  std::vector<std::string> table;
  std::vector<std::string> headers;
  std::size_t indexes = 0;
};

std::string trimmed(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(' ');
  return begin == std::string::npos ? "" : line.substr(begin);
}

std::string block(std::istream& lines) {
  std::string content;
  for (std::string line; std::getline(lines, line) && trimmed(line) != "}";) content += trimmed(line) + "\n";
  return content;
}

PrintedBatch printed(std::string_view bytes) {
  PrintedBatch batch;
  const std::string text = decoded("TapBatch", bytes);
  std::istringstream table(text.find("header_table {") == std::string::npos ? ""
                                                                            : text.substr(text.find("header_table {")));
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line) && trimmed(line) == "headers {") batch.table.push_back(block(table));
  std::istringstream exchanges(text.substr(0, text.find("header_table {")));
  while (std::getline(exchanges, line)) {
    line = trimmed(line);
    if (line == "headers {") batch.headers.push_back("headers " + block(exchanges));
    if (line == "trailers {") batch.headers.push_back("trailers " + block(exchanges));
    for (const char* kind : {"header", "trailer"}) {
      const std::string name = std::string(kind) + "_indexes: ";
      if (!line.starts_with(name)) continue;
      ++batch.indexes;
      batch.headers.push_back(std::string(kind) + "s " + batch.table.at(std::stoul(line.substr(name.size()))));
    }
  }
  return batch;
}

PrintedBatch batch_of(ExchangeBuffer& buffer, std::vector<ExampleExchange>& examples, EncodingRules rules) {
  for (ExampleExchange& example : examples) buffer.add(example.view(), rules);
  std::string out;
  buffer.move_to(out);
  return printed(out);
}

void expect_the_same_shared(std::vector<ExampleExchange>& examples, const Redaction* redaction = nullptr) {
  ExchangeBuffer buffer;
  const PrintedBatch whole = batch_of(buffer, examples, {.redaction = redaction});
  const PrintedBatch shared = batch_of(buffer, examples, {.redaction = redaction, .share_headers = true});
  EXPECT_EQ(shared.headers, whole.headers);
  EXPECT_EQ(shared.indexes, whole.headers.size());
  EXPECT_GT(shared.indexes, 0U);
  EXPECT_TRUE(whole.table.empty());
}

TEST(HeaderTableTest, HasEachHeaderOfABatchOnce) {
  std::vector<ExampleExchange> examples(3, example_get());
  examples[1].request_headers.push_back({"X-Number", "2"});
  ExchangeBuffer buffer;
  const PrintedBatch batch = batch_of(buffer, examples, {.share_headers = true});
  const std::vector<std::string> table{
      "name: \"Host\"\nvalue: \"backend:8080\"\n",
      "name: \"Accept\"\nvalue: \"*/*\"\n",
      "name: \"Content-Type\"\nvalue: \"application/json\"\n",
      "name: \"X-Number\"\nvalue: \"2\"\n",
  };
  EXPECT_EQ(batch.table, table);
  expect_the_same_shared(examples);
}

TEST(HeaderTableTest, BeginsAnewWithEachBatch) {
  std::vector<ExampleExchange> examples{example_get()};
  ExchangeBuffer buffer;
  const PrintedBatch first = batch_of(buffer, examples, {.share_headers = true});
  EXPECT_EQ(buffer.bytes(), 0U);
  EXPECT_EQ(batch_of(buffer, examples, {.share_headers = true}).table, first.table);
  EXPECT_TRUE(batch_of(buffer, examples, {}).table.empty());
}

TEST(HeaderTableTest, CountsAmongTheBytesOfABatch) {
  ExampleExchange example = example_get();
  const std::string value(1000, 'v');
  example.request_headers = {{"X-Long", value}};
  ExchangeBuffer buffer;
  buffer.add(example.view(), {.share_headers = true});
  EXPECT_GT(buffer.bytes(), value.size());
}

TEST(HeaderTableTest, SharesTrailersAndThoseOfInformationalResponses) {
  ExampleExchange example = example_get();
  example.request_trailers = {{"x-sent", "1"}};
  example.response_trailers = {{"x-sent", "1"}, {"grpc-status", "0"}};
  const std::array<exchange::HeaderField, 1> hints{{{"x-sent", "1"}}};
  const std::array<exchange::InformationalView, 1> informational{{{103, hints}}};
  example.base.informational = informational;
  std::vector<ExampleExchange> examples(2, example);
  expect_the_same_shared(examples);
}

// More than are remembered, some of them again and again; indexes of one, two and three bytes, lists of three lengths.
TEST(HeaderTableTest, TellsThousandsOfHeadersApart) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < 20'000; ++i) values.push_back("id-" + std::to_string(i) + "-of-a-request");
  std::vector<ExampleExchange> examples;
  std::size_t next = 0;
  for (const std::size_t count : {1U, 50U, 100U, 126U, 127U, 128U, 129U, 130U, 3000U, 5000U, 9000U, 100U}) {
    ExampleExchange example = example_get();
    for (std::size_t i = 0; i < count; ++i) example.request_headers.push_back({"X-Request-Id", values.at(next++)});
    examples.push_back(example);
  }
  expect_the_same_shared(examples);
}

// Names and values that differ in one place alone, wherever it is.
TEST(HeaderTableTest, TellsHeadersApartThatDifferByOneByte) {
  std::vector<std::string> texts;
  for (const std::size_t size : {1U, 5U, 12U, 13U, 14U, 30U, 45U, 46U, 47U, 120U, 300U}) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = 'b';
      texts.push_back(text);
    }
  }
  ExampleExchange example = example_get();
  for (const std::string& text : texts) {
    example.request_headers.push_back({"x", text});
    example.response_headers.push_back({text, "x"});
  }
  std::vector<ExampleExchange> examples(2, example);
  expect_the_same_shared(examples);
}

class HidingBearers final : public Redaction {
 public:
  NameRule name_rule(std::string_view) const override { return {NameRule::Values::kShownUnlessMarked}; }
  std::optional<std::string_view> value(std::uint8_t, std::string_view value, std::string& scratch) const override {
    if (value.starts_with("Bearer ")) return std::nullopt;
    return scratch.assign("judged ").append(value);
  }
  std::string_view path(std::string_view path, std::string&) const override { return path; }
  std::string_view authority(std::string_view authority, std::string&) const override { return authority; }
};

TEST(HeaderTableTest, TellsWhatIsShownFromWhatIsNot) {
  ExampleExchange example = example_get();
  example.request_headers = {
      {.name = "x-key", .value = "abc"},
      {.name = "x-key", .value = "abc", .never_indexed = true},
      {.name = "x-key", .value = "Bearer abc"},
      {.name = "x-key", .value = "Bearer def"},
      {.name = "x-key", .value = "https://host/?a=b"},
      {.name = "x-key", .value = "judged https://host/?a=b"},
      {.name = "x-key", .value = "", .known = false},
      {.name = "", .value = "", .known = false},
      {.name = "x-key", .value = "na\xEFve"},
      {.name = "x-key", .value = ""},
      {.name = "x-key", .value = "abc"},
  };
  std::vector<ExampleExchange> examples(2, example);
  const HidingBearers redaction;
  expect_the_same_shared(examples, &redaction);
  expect_the_same_shared(examples);
}

}  // namespace
}  // namespace podwire::wire
