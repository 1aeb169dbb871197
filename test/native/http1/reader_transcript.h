// Runs a MessageReader and writes down what it tells.
#pragma once

#include <string>
#include <string_view>

#include "http1/message_reader.h"

namespace podwire::test {

// "head GET /" or "head 200" with " partial" and " doubtful", "field name=value" if asked for, "body <text>"
// (neighbouring pieces joined), "trailer name=value", "end 5/40" (body bytes / wire bytes, - when not known) with "
// cut", " unseen" " last-unseen" and " doubtful", one a line.
class ReaderTranscript final : public http1::MessageEvents {
 public:
  explicit ReaderTranscript(std::optional<http1::MessageKind> kind = std::nullopt) : reader(kind) {}
  ~ReaderTranscript() override { reader.release(scratch); }

  http1::ReadOutcome data(std::string_view bytes, std::uint64_t seen_ns = 0) {
    given_bytes += bytes.size();
    const http1::ReadOutcome outcome = reader.data(bytes, seen_ns, *this, scratch, acknowledged);
    if (outcome == http1::ReadOutcome::kMalformed) line("malformed");
    if (outcome == http1::ReadOutcome::kHeadTooLarge) line("too large");
    if (outcome == http1::ReadOutcome::kTooManyFields) line("too many");
    if (outcome == http1::ReadOutcome::kMemoryFull) line("memory full");
    return outcome;
  }
  void skip(std::uint64_t bytes) { reader.skip(bytes, *this, scratch); }
  void gap(std::uint64_t bytes, http1::GapSize size = http1::GapSize::kMayCountFin) {
    const http1::GapOutcome outcome = reader.gap(bytes, *this, scratch, size);
    const char* const words[] = {"gap inside", "end lost", "position lost"};
    line(words[static_cast<int>(outcome)]);
  }
  void finish(bool in_order) { reader.finish(in_order, *this, scratch); }
  void search() { reader.search(scratch); }
  void bear_out() { reader.bear_out(); }
  void lack_body() { reader.lack_body(*this); }
  void expect_head() { reader.expect_head(scratch); }

  http1::AnsweredMethod answered_method(const http1::HeadSeen&) override { return answered; }
  void head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen) override {
    const bool request = head.start.kind == http1::MessageKind::kRequest;
    line("head " +
         (request ? std::string(head.method()) + ' ' + std::string(head.target()) : std::to_string(head.start.status)) +
         (seen.whole ? "" : " partial, fields " + std::to_string(head.fields.size())) +
         (framing.doubtful ? " doubtful" : ""));
    if (tells_fields) {
      for (http1::Field field : head.fields) {
        std::string copy(head.bytes);
        http1::unfold(copy, field);
        line("field " + std::string(field.name(copy)) + '=' + std::string(field.value(copy)));
      }
    }
    last_seen = seen;
    last_head_end = given_bytes - seen.bytes_behind;
    last_framing = framing;
  }
  void body(std::string_view data) override {
    if (!in_body_) line("body ");
    in_body_ = true;
    text.insert(text.size() - 1, data);
  }
  void trailers(std::string_view bytes, std::span<const http1::Field> fields) override {
    for (const http1::Field& field : fields) {
      line("trailer " + std::string(field.name(bytes)) + '=' + std::string(field.value(bytes)));
    }
  }
  void end(const http1::MessageEnd& end) override {
    const auto number = [](std::optional<std::uint64_t> bytes) { return bytes ? std::to_string(*bytes) : "-"; };
    std::string suffix = end.last_byte_seen ? "" : " last-unseen";
    if (end.how == http1::MessageEndKind::kCut) suffix = " cut";
    if (end.how == http1::MessageEndKind::kEndUnseen) suffix = " unseen";
    if (end.doubtful) suffix += " doubtful";
    line("end " + number(end.body_bytes) + '/' + number(end.wire_bytes) + suffix);
  }
  void expectation_failed() override { line("expectation failed"); }
  void passed_over() override { line("passed over"); }
  void went_on() override { line("went on"); }
  bool contrary_head(const http1::Head& /*head*/) override {
    ++contrary_heads;
    return takes_contrary;
  }

  http1::AnsweredMethod answered = http1::AnsweredMethod::kOther;
  std::uint64_t acknowledged = http1::kAcknowledgmentUnknown;  // told with the bytes of each call
  std::uint64_t given_bytes = 0;                               // of data alone
  http1::ReaderScratch scratch{std::size_t{1} << 20U};
  http1::MessageReader reader;
  http1::HeadSeen last_seen;
  std::uint64_t last_head_end = 0;  // bytes of data up to there
  http1::Framing last_framing;
  std::string text;
  bool tells_fields = false;
  int contrary_heads = 0;
  bool takes_contrary = false;

 private:
  void line(const std::string& words) {
    in_body_ = false;
    text += words + '\n';
  }
  bool in_body_ = false;
};

}  // namespace podwire::test
