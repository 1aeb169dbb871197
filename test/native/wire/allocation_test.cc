#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <new>
#include <string>

#include "example_exchange.h"
#include "wire/exchange_encoder.h"

namespace {
thread_local std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace podwire::wire {
namespace {

TEST(AllocationTest, EncodingAllocatesNothingButRoomInTheBuffer) {
  testing::ExampleExchange example = testing::example_get();
  example.response_headers = {{"content-type", "application/grpc"}};
  example.response_trailers = {{"grpc-status", "5"},
                               {"grpc-message", std::string_view("a%20message%20of%20some%20length")}};
  example.request.body.content = "a body that is longer than a short string";
  example.request_headers = {{"content-type", "application/grpc"}, {"grpc-timeout", "5S"}};
  const std::array<exchange::MessageCount, 1> counts{{{exchange::MessageKind::kGrpc, 1, 64, 0}}};
  const exchange::MessagesView messages{.counts = counts};
  example.request.messages = &messages;
  const exchange::ExchangeView view = example.view();
  ExchangeEncoder encoder;
  OutputBuffer out;
  out.written_to(out.room(1U << 20U));
  const EncodingRules whole{.body_bytes = 100};
  const EncodingRules shared{.body_bytes = 100, .share_headers = true};
  for (const EncodingRules& rules : {whole, shared}) encoder.append(view, rules, out);  // grows what it keeps
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) {
    for (const EncodingRules& rules : {whole, shared}) encoder.append(view, rules, out);
  }
  EXPECT_EQ(allocations, before);
  const std::string counted(100, 'x');
  EXPECT_EQ(allocations, before + 1);  // the counter counts
}

}  // namespace
}  // namespace podwire::wire
