// What reassembly tells of one connection, in stream order for each side.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace podwire::tcp {

// The side that sent the bytes. The initiator sent the first SYN; when no SYN was seen, the sender of the first
// segment is called the initiator, and which of the two is the HTTP client is for the content to say.
enum class Side : std::uint8_t { kInitiator = 0, kResponder = 1 };

constexpr Side opposite(Side side) { return side == Side::kInitiator ? Side::kResponder : Side::kInitiator; }

enum class GapCause : std::uint8_t {
  kJoinedLate,  // the connection was running when the first segment was seen; told once, with the size of what the
                // other side had not acknowledged then
  kAcknowledgedUnseen,  // bytes that were never captured passed: the receiver acknowledged them, or their sender's RST
                        // stands behind them, or the connection was closed while later ones waited for them
  kReorderTimeout,      // bytes waited for too long
  kReorderBufferFull,   // too many bytes waited
  kNotCaptured,         // the segment was captured only in part
  kBodyLeftOut,         // the source took them for a body that nobody wants, and left them out
  kSequenceJump,        // the numbers left the window; size unknown (0)
};

enum class StreamEnd : std::uint8_t { kFin, kReset };

enum class CloseCause : std::uint8_t {
  kEnded,     // both sides FIN, or RST
  kReused,    // a SYN with another sequence number on the same addresses and ports
  kEvicted,   // the table was full and this flow the longest idle
  kIdle,      // no segment for the idle limit
  kDetached,  // the attachment or the capture ended, or the sink itself asked to ignore the connection
};

// Implemented by who reads a connection. Called on the thread that feeds the flow table; spans are valid only
// during the call. Per side: data, gaps and skips in sequence order, then at most one end. `close` comes last and
// exactly once, after which the sink is destroyed. The times told of one side never go back: bytes that had to wait
// for earlier ones which came late carry the time at which the last of those did, that is, when a receiver could read
// them. Behind a gap bytes carry their own segment's time, whenever the gap was given up: the receiver had what was
// lost. A gap carries the time of the first segment that proves that it passed: one that lies behind it, or the one
// that acknowledges it.
// From inside any of these calls the sink may call its ConnectionControl, but nothing else of the flow table.
class ConnectionSink {
 public:
  virtual ~ConnectionSink() = default;
  // `unacknowledged`: of the opposite side's bytes told so far, data, gaps and skips alike, the sender of `bytes` had
  // not acknowledged so many of the last ones when it sent them; more than were told when it lacked earlier ones, too.
  // Not known when the segment has no ACK, or one beyond any window. The copy of a byte that is told says it: one sent
  // again may acknowledge more than the first did, but none less than what the sender had received when it made the
  // byte.
  virtual void data(Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
                    std::optional<std::uint32_t> unacknowledged) = 0;
  // `bytes` of the stream passed unseen; 0 when their number is not known. With kAcknowledgedUnseen, the last of them
  // may be a FIN that was lost, unless data or another gap of this side follows: a FIN is acknowledged like a byte.
  virtual void gap(Side side, std::uint64_t bytes, GapCause cause, std::uint64_t seen_monotime_ns) = 0;
  // `bytes` passed that this sink had asked to skip. All bytes asked for are told so, in one or more calls; the call
  // that holds the last one has the time of the segment that held it, or of the first one that proved it had passed.
  virtual void skipped(Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) = 0;
  virtual void end(Side side, StreamEnd how, std::uint64_t seen_monotime_ns) = 0;
  virtual void close(CloseCause cause, std::uint64_t now_monotime_ns) = 0;
  // No segment came for FlowLimits::rest_ns, and none waits for others. True: until the next call it keeps no more than
  // what its factory calls resting_sink_bytes(). Told again after segments that told it nothing.
  virtual bool rest() { return false; }
};

// Given to the sink with its connection: what it may ask of the layers below.
class ConnectionControl {
 public:
  virtual ~ConnectionControl() = default;
  // The next `bytes` of this side need not be seen: they come as `skipped`, never as data or gap, whether or not the
  // capture can spare them. Counted from the byte right after what the current call (data, gap or skipped) tells of
  // this side, or else after the last byte told. A FIN or RST before that ends the skip. Overlapping skips unite.
  // Has no effect on a side whose first byte is not known yet, or that has ended.
  virtual void skip(Side side, std::uint64_t bytes) = 0;
  // What the capture left out of this side by itself (kBodyLeftOut) was no body, and what it would leave out of it from
  // here on is wanted.
  virtual void refuse_left_out(Side /*side*/) {}
  // Nothing of this connection is wanted any more. From now on only `close` is called, with kDetached unless the
  // connection is closing already, when the current call has returned.
  virtual void ignore() = 0;
};

}  // namespace podwire::tcp
